/** What an operator decides about this region itself. */
import { jsonAnswer, problemAnswer, Refusal } from "../http/answer.ts";
import { invalidRequest } from "../http/answer-error.ts";
import { jsonObject } from "../http/json-object.ts";
import { type Body, readBodyInTime } from "../http/read-body.ts";
import { readQuery } from "../http/read-query.ts";
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";

const BODY_BYTES_MAX = 1_024;

/**
 * An operator accepts that what an earlier store of this region alone held is lost (DESIGN §9). The body may name the store that
 * shall vote from now on; another one than the present is refused.
 */
export function acceptLossResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/accept-loss",
    post: async (request) => {
      readQuery(request, []);
      const named = namedStore(await readBodyInTime(request.raw, BODY_BYTES_MAX));
      const { store, refilling } = manager.introduction();
      if (named !== undefined && named !== store.storeId) {
        const detail = `The store is ${store.storeId}, not ${named}`;
        throw new Refusal(problemAnswer(409, "invalid-request", "Another store", detail, { store_id: store.storeId }));
      }
      await manager.acceptLoss();
      const after = manager.introduction();
      return jsonAnswer(200, {
        store_id: after.store.storeId,
        refilling: after.refilling,
        accepted: refilling && !after.refilling,
      });
    },
  };
}

function namedStore(body: Body): string | undefined {
  const refused = new Refusal(invalidRequest('The body must be empty or {"store_id":"..."}'));
  if (body.kind === "text" && body.text.trim() === "") return undefined;
  const object = jsonObject(body);
  if (object === undefined) throw refused;
  const { store_id: storeId } = object;
  if (storeId === undefined || typeof storeId === "string") return storeId;
  throw refused;
}
