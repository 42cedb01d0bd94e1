import type { SidecarClient } from "../api/sidecar-client.ts";
import type { RegionReply } from "../api/sidecar-replies.ts";
import type { DemoRegionId } from "./demo-config.ts";

const POLL_MS = 40;
const CATCH_UP_MS_MAX = 30_000;

/** How many receipts a region is missing, as the region that took them sees it. */
export async function missingIn(client: SidecarClient, regionId: DemoRegionId): Promise<number> {
  const { regions } = await client.get<{ readonly regions: readonly RegionReply[] }>("/api/v1/regions");
  const region = regions.find(({ region_id }) => region_id === regionId);
  if (region === undefined) throw new Error(`the sidecar knows no region ${regionId}`);
  return region.missing;
}

/** Watches a region catch up; returns what it was missing from look to look, the last of them 0 unless time ran out. */
export async function watchCatchUp(
  client: SidecarClient,
  regionId: DemoRegionId,
  update: (missing: number) => void,
): Promise<readonly number[]> {
  const deadline = performance.now() + CATCH_UP_MS_MAX;
  const seen: number[] = [];
  for (;;) {
    const missing = await missingIn(client, regionId);
    seen.push(missing);
    update(missing);
    if (missing === 0 || performance.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
