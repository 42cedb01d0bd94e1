import { CommandError } from "../command-error.ts";
import { ExitCode } from "../exit-code.ts";

/** Another region of the file to write. */
export interface InitRegion {
  readonly regionId: string;
  readonly endpoint: string;
}

/** Reads `us-west-1=https://west.example.com,eu-west-1=https://eu.example.com`. */
export function parseInitRegions(text: string): readonly InitRegion[] {
  return text.split(",").map((part) => {
    const [, regionId, endpoint] = /^\s*([^=\s]+)=(\S+)\s*$/.exec(part) ?? [];
    if (regionId === undefined || endpoint === undefined) {
      throw new CommandError(`--regions: "${part.trim()}" is not of the form region=url`, ExitCode.usage);
    }
    return { regionId, endpoint };
  });
}

/** A configuration for a first deployment, with a word on every key that most people touch. */
export function initialConfig(region: string, regions: readonly InitRegion[]): string {
  const total = regions.length + 1;
  const majority = Math.floor(total / 2) + 1;
  const remotes = regions.map(
    ({ regionId, endpoint }) => `  - regionId: ${yamlText(regionId)}
    endpoint: ${yamlText(endpoint)}   # its peer listener, as this region reaches it
    protocol: strict   # full evidence of durable storage, or no vote; auto also takes peers of the old protocol
`,
  );
  return `# Receipt Sync, region ${region}. Each region has a file like this one: its own name, and the others below.
# Check it:    receipt-sync config check FILE
# What it means in the end: receipt-sync config explain FILE
# Run it:      receipt-sidecar --config FILE

# This region. It must not change once receipts are stored.
region: ${yamlText(region)}

# false: receipts are stored here and delivered once this is true.
crossRegionSyncEnabled: true

# The other regions.
regions:
${remotes.join("")}    # Also, for each region:
    # timeout: 5s     # how long one attempt may take
    # weight: 1       # its votes; 0 is an observer, which gets everything and never votes

# How many regions must hold a receipt on disk before it is committed, this one included: ${majority} of ${total} here.
quorumThreshold: ${majority}

# How long one call waits for them at most. It ends sooner, pending, once no undecided region has attempts left.
# Delivery goes on afterwards, for as long as it takes.
timeout: 30s
maxRetries: 3            # after the first attempt, as far as a call waits: at once, then after 1 s, 2 s, 4 s
retryBackoffInitial: 1s
retryBackoffMax: 4s

# Where the sidecar listens. Services and operators use the app listener, other regions the peer listener.
listen:
  app: 127.0.0.1:7400
  peer: 127.0.0.1:7401   # beyond loopback only with "insecure: true", or behind a proxy that authenticates

# The receipt log of this region. The folder must exist.
store: sqlite:receipts.db

log:
  level: info            # debug, info, warn, error
  format: json           # json, text
`;
}

/** A JSON string is a YAML string too; plain where nothing can be mistaken. */
function yamlText(text: string): string {
  return /^[a-z][a-z0-9-]*$/i.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
