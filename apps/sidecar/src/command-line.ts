/** What the command line asks for. `node:util` is enough for a few flags, and costs no time at every start. */
import { parseArgs } from "node:util";

export type Command =
  | { readonly kind: "run"; readonly configFile: string | undefined }
  | { readonly kind: "check"; readonly configFile: string | undefined; readonly json: boolean }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "misused"; readonly message: string };

export const helpText = `Usage: receipt-sidecar [--config FILE] [--check [--json]]

The Receipt Sync daemon. Takes receipts from a service over HTTP, keeps them in this region's log,
brings them to every other region, and tells when a quorum holds them.

Options:
  -c, --config FILE  YAML or JSON file; also RSYNC_CONFIG. RSYNC_* variables stand over it
      --check        check the configuration, print what it resolves to, and exit
      --json         with --check: one JSON object with valid, config, problems (path, message) and warnings
  -v, --version      print the version and exit
  -h, --help         print this and exit

Signals: SIGTERM and SIGINT drain and end (a second one ends at once), SIGHUP reads the configuration again.
Exit codes: 0 drained, 1 could not start, 2 wrong usage, 3 the store failed while running, 4 an internal error,
5 could not start because a port is in use, 128 + signal when ended without draining.
`;

/** Reads the arguments after the program's name. */
export function parseCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: "string", short: "c" },
        check: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        version: { type: "boolean", short: "v", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    if (values.version) return { kind: "version" };
    const configFile = values.config ?? environment["RSYNC_CONFIG"];
    if (values.check) return { kind: "check", configFile, json: values.json };
    if (values.json) return { kind: "misused", message: "--json goes with --check" };
    return { kind: "run", configFile };
  } catch (error) {
    return { kind: "misused", message: error instanceof Error ? error.message : String(error) };
  }
}
