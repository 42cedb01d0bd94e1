/** What does a request of the protocol ask for? */
import { parseWireJson, parseWireReceipt, parseWireReceiptValue, type Receipt } from "@rsync/core";

export type Subject =
  | { readonly kind: "delivery"; readonly receipt: Receipt }
  | { readonly kind: "batch"; readonly receipts: readonly Receipt[] }
  /** `receipt` is what was delivered before under this id. */
  | { readonly kind: "read"; readonly receiptId: string; readonly receipt: Receipt | undefined }
  | { readonly kind: "description" }
  | { readonly kind: "other" };

const readPath = /\/api\/v1\/receipts\/([^/?#]+)$/;

/** `delivered` holds the receipts of earlier deliveries by id. */
export function requestSubject(path: string, body: string, delivered: ReadonlyMap<string, Receipt>): Subject {
  if (path.endsWith("/receipt-sync/batch")) {
    const receipts = receiptsIn(body);
    return receipts === undefined ? { kind: "other" } : { kind: "batch", receipts };
  }
  if (path.endsWith("/receipt-sync")) {
    const parsed = parseWireReceipt(body);
    return parsed.kind === "parsed" ? { kind: "delivery", receipt: parsed.receipt } : { kind: "other" };
  }
  if (path.endsWith("/api/v1/region")) return { kind: "description" };
  const receiptId = decodeSegment(readPath.exec(path)?.[1]);
  return receiptId === undefined ? { kind: "other" } : { kind: "read", receiptId, receipt: delivered.get(receiptId) };
}

/** All of them, or none: a test sends nothing else. */
function receiptsIn(body: string): readonly Receipt[] | undefined {
  const json = parseWireJson(body);
  if (json.kind === "notJson" || typeof json.value !== "object" || json.value === null) return undefined;
  const { receipts: values }: { readonly receipts?: unknown } = json.value;
  if (!Array.isArray(values)) return undefined;
  const receipts: Receipt[] = [];
  for (const value of values) {
    const parsed = parseWireReceiptValue(value);
    if (parsed.kind !== "parsed") return undefined;
    receipts.push(parsed.receipt);
  }
  return receipts;
}

/** What it brings. */
export function deliveredBy(subject: Subject): readonly Receipt[] {
  if (subject.kind === "batch") return subject.receipts;
  return subject.kind === "delivery" ? [subject.receipt] : [];
}

function decodeSegment(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
