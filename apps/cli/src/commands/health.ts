import type { HealthReply } from "../api/sidecar-replies.ts";
import { ExitCode } from "../exit-code.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

/** `receipt-sync health`: could a receipt commit now, with the regions that are available? */
export async function health(options: SidecarOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const reply = await clientFor(options).get<HealthReply>("/api/v1/health", signal);
  if (options.json) terminal.printJson(reply);
  else {
    const quorum = reply.quorum ? terminal.style("green", "quorum OK") : terminal.style("red", "NO QUORUM");
    terminal.print(`${quorum}: ${reply.available_regions} of ${reply.total_regions} other regions available`);
  }
  return reply.quorum ? ExitCode.ok : ExitCode.pending;
}
