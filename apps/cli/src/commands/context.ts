import { SidecarClient } from "../api/sidecar-client.ts";
import type { Terminal } from "../output/terminal.ts";

/** What every command is given beside its own arguments. */
export interface Context {
  readonly terminal: Terminal;
  /** Aborted when somebody asks the command to end (Ctrl-C). */
  readonly signal: AbortSignal;
}

/** Options that most commands have. */
export interface OutputOptions {
  readonly json?: true | undefined;
}

export interface SidecarOptions extends OutputOptions {
  readonly url: string;
}

export function clientFor(options: SidecarOptions): SidecarClient {
  return new SidecarClient(options.url);
}
