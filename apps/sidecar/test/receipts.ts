/** Many receipts in and out of a region, for tests about what it holds. */
import { call, submitLines } from "./app-client.ts";
import { receiptText } from "./receipt-text.ts";

/** Submits `prefix-1` to `prefix-COUNT` in one stream and returns how many had each outcome. */
export async function submitMany(
  app: string,
  prefix: string,
  count: number,
): Promise<Readonly<Record<string, number>>> {
  const lines = Array.from({ length: count }, (_, index) => receiptText(`${prefix}-${index + 1}`));
  const outcomes: Record<string, number> = {};
  for (const result of await submitLines(app, lines)) {
    const outcome = String(result["outcome"] ?? result["status"]);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

/** Every id that a region holds. */
export async function heldIds(app: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let after: unknown = 0; after !== null; ) {
    const { json } = await call(app, `/api/v1/receipts?after=${after}&limit=1000`);
    const rows: readonly { readonly receipt_id: string }[] = Array.isArray(json["receipts"]) ? json["receipts"] : [];
    for (const row of rows) ids.add(row.receipt_id);
    after = json["next"];
  }
  return ids;
}

/** What a region says of another one. */
export async function regionStatus(app: string, regionId: string): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await call(app, "/api/v1/regions");
  const regions: readonly Readonly<Record<string, unknown>>[] = Array.isArray(json["regions"]) ? json["regions"] : [];
  return regions.find((region) => region["region_id"] === regionId) ?? {};
}
