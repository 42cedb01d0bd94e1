/** What does a request of the protocol ask for? */
import { parseWireReceipt, type Receipt } from "@rsync/core";

export type Subject =
  | { readonly kind: "delivery"; readonly receipt: Receipt }
  /** `receipt` is what was delivered before under this id. */
  | { readonly kind: "read"; readonly receiptId: string; readonly receipt: Receipt | undefined }
  | { readonly kind: "description" }
  | { readonly kind: "other" };

const readPath = /\/api\/v1\/receipts\/([^/?#]+)$/;

/** `delivered` holds the receipts of earlier deliveries by id. */
export function requestSubject(path: string, body: string, delivered: ReadonlyMap<string, Receipt>): Subject {
  if (path.endsWith("/receipt-sync")) {
    const parsed = parseWireReceipt(body);
    return parsed.kind === "parsed" ? { kind: "delivery", receipt: parsed.receipt } : { kind: "other" };
  }
  if (path.endsWith("/api/v1/region")) return { kind: "description" };
  const receiptId = decodeSegment(readPath.exec(path)?.[1]);
  return receiptId === undefined ? { kind: "other" } : { kind: "read", receiptId, receipt: delivered.get(receiptId) };
}

function decodeSegment(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
