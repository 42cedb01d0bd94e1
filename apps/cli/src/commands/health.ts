import type { HealthReply, OwnRegionReply } from "../api/sidecar-replies.ts";
import { ExitCode } from "../exit-code.ts";
import { syncDisabled } from "../output/sync-disabled.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

/** `receipt-sync health`: could a receipt commit now, with the regions that are available? */
export async function health(options: SidecarOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const [reply, own] = await Promise.all([
    client.get<HealthReply>("/api/v1/health", signal),
    client.get<OwnRegionReply>("/api/v1/region", signal),
  ]);
  const isSyncEnabled = own.sync_enabled;
  if (options.json) terminal.printJson({ ...reply, sync_enabled: isSyncEnabled });
  else if (!isSyncEnabled) terminal.print(syncDisabled);
  else {
    const quorum = reply.quorum ? terminal.style("green", "quorum OK") : terminal.style("red", "NO QUORUM");
    terminal.print(`${quorum}: ${reply.available_regions} of ${reply.total_regions} other regions available`);
  }
  return reply.quorum && isSyncEnabled ? ExitCode.ok : ExitCode.pending;
}
