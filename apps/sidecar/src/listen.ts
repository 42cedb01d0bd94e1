/** Binds a server, and says in one sentence why that was not possible. */
import type { FastifyInstance } from "fastify";
import { formatListenAddress, type ListenAddress } from "./config/listen-address.ts";
import { exitCode } from "./exit-code.ts";
import { StartError } from "./start-error.ts";

/** Resolves with the URL under which it is reached; rejects with {@link StartError}. */
export async function listen(server: FastifyInstance, key: string, address: ListenAddress): Promise<string> {
  try {
    await server.listen({ host: address.host, port: address.port });
  } catch (error) {
    const code = codeOf(error);
    throw new StartError(
      `${key}: ${formatListenAddress(address)} ${reason(code, error)}`,
      code === "EADDRINUSE" ? exitCode.portInUse : exitCode.notStarted,
    );
  }
  const bound = server.server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return `http://${formatListenAddress({ ...address, port })}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function reason(code: unknown, error: unknown): string {
  switch (code) {
    case "EADDRINUSE":
      return "is in use by another program: stop it, or choose another port";
    case "EACCES":
      return "may not be used by this user: choose a port above 1023";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "is no address of this machine";
    default:
      return `can not be listened on: ${error instanceof Error ? error.message : String(error)}`;
  }
}
