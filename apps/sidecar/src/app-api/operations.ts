/** What an operator looks at and decides. */
import { jsonAnswer, problemAnswer, Refusal } from "../http/answer.ts";
import { invalidRequest } from "../http/answer-error.ts";
import { type Body, readBodyInTime } from "../http/read-body.ts";
import { readQuery, readWholeNumber } from "../http/read-query.ts";
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";
import { deadLetterMembers } from "./snake-case.ts";

const LETTERS_MAX = 1_000;
const LETTERS_DEFAULT = 100;
const BODY_BYTES_MAX = 1_024;

/** Receipts that a region refused, by position. */
export function deadLettersResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/dead-letters",
    get: async (request) => {
      const query = readQuery(request, ["region", "receipt_id", "limit"]);
      const limit = readWholeNumber("limit", query.limit, { min: 1, max: LETTERS_MAX, fallback: LETTERS_DEFAULT });
      const letters = await manager.deadLetters({ regionId: query.region, receiptId: query.receipt_id, limit });
      return jsonAnswer(200, { dead_letters: letters.map(deadLetterMembers) });
    },
  };
}

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
  if (body.kind !== "text") throw refused;
  if (body.text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.text);
  } catch {
    throw refused;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refused;
  const { store_id: storeId }: { readonly store_id?: unknown } = value;
  if (storeId === undefined || typeof storeId === "string") return storeId;
  throw refused;
}
