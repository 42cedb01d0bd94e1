import type { IncomingMessage } from "node:http";

/** The whole body of a message as text. Rejects when the connection breaks before its end. */
export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
