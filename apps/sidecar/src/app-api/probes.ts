/** For whoever supervises the process. They say nothing about other regions: restarting this one would not mend those. */
import { jsonAnswer } from "../http/answer.ts";
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";

/** The process answers. */
export function livezResource(): Resource {
  return { path: "/livez", get: async () => jsonAnswer(200, { status: "ok" }) };
}

/** The own store works, and new receipts are taken. */
export function readyzResource({ manager, intake, storeFailure }: AppContext): Resource {
  return {
    path: "/readyz",
    get: async () => {
      const failure = storeFailure();
      if (failure !== undefined) return jsonAnswer(503, { status: "store-failed", detail: failure });
      if (intake.stopping.aborted) return jsonAnswer(503, { status: "shutting-down" });
      await manager.list({ after: manager.introduction().store.position, limit: 1 });
      return jsonAnswer(200, { status: "ready" });
    },
  };
}
