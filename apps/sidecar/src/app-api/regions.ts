/** What is known of the other regions, and of this one. */
import { jsonAnswer } from "../http/answer.ts";
import { readQuery } from "../http/read-query.ts";
import type { Resource } from "../http/resource.ts";
import { version } from "../version.ts";
import type { AppContext } from "./app-context.ts";
import { regionReportMembers } from "./snake-case.ts";

export function regionsResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/regions",
    get: async (request) => {
      readQuery(request, []);
      return jsonAnswer(200, { regions: (await manager.getSyncStatus()).map(regionReportMembers) });
    },
  };
}

/** Whether the regions that can be reached could be a quorum. The answer is always 200: it is no statement about this process. */
export function healthResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/health",
    get: async (request) => {
      readQuery(request, []);
      const [available, total, quorum] = await manager.getHealthStatus();
      return jsonAnswer(200, { available_regions: available, total_regions: total, quorum });
    },
  };
}

export function regionResource({ manager, storeLocation }: AppContext): Resource {
  return {
    path: "/api/v1/region",
    get: async (request) => {
      readQuery(request, []);
      const { regionId, store, refilling } = manager.introduction();
      const { crossRegionSyncEnabled, primaryRegion, regions, quorumThreshold } = manager.config;
      return jsonAnswer(200, {
        region: regionId,
        version,
        primary_region: primaryRegion,
        is_primary: manager.isPrimary(),
        sync_enabled: crossRegionSyncEnabled,
        total_regions: regions.length + 1,
        quorum_threshold: quorumThreshold,
        policy_digest: manager.receiver.policyDigest,
        store: storeLocation,
        store_id: store.storeId,
        epoch: store.epoch,
        position: store.position,
        durability: manager.receiver.durability,
        refilling,
      });
    },
  };
}
