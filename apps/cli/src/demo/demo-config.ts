/** The regions of the demo; the first one takes the receipts, the last one is killed and brought back. */
export const demoRegionIds = ["us-east-1", "us-west-1", "eu-west-1"] as const;

export type DemoRegionId = (typeof demoRegionIds)[number];

export const ENTRY_REGION: DemoRegionId = "us-east-1";
export const KILLED_REGION: DemoRegionId = "eu-west-1";
const THRESHOLD = 2;

/** Where each region's peer listener is: known before any of them starts, since each names the others. */
export type PeerPorts = Readonly<Record<DemoRegionId, number>>;

/**
 * The configuration of one region. As in earnest, but that a region is asked again after tenths of seconds, so that
 * nobody has to wait for what the demo shows.
 */
export function demoConfig(regionId: DemoRegionId, ports: PeerPorts, storePath: string): object {
  const others = demoRegionIds.filter((other) => other !== regionId);
  return {
    region: regionId,
    crossRegionSyncEnabled: true,
    quorumThreshold: THRESHOLD,
    regions: others.map((other) => ({
      regionId: other,
      endpoint: `http://127.0.0.1:${ports[other]}`,
      timeout: "2s",
      protocol: "strict",
    })),
    timeout: "10s",
    retryBackoffInitial: "100ms",
    retryBackoffMax: "400ms",
    lanes: { cooldownInitial: "200ms", cooldownMax: "400ms" },
    listen: { app: "127.0.0.1:0", peer: `127.0.0.1:${ports[regionId]}` },
    store: `sqlite:${storePath}`,
    log: { level: "warn", format: "json" },
  };
}
