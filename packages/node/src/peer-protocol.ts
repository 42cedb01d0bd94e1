import {
  formatIdentification,
  formatWireReceipt,
  type Identification,
  type ProblemKind,
  parseIdentification,
  parseWireReceipt,
  problemType,
  StoreError,
} from "@rsync/core";
import { ManagerClosedError } from "./errors.ts";
import type { ReceiptReceiver, Received } from "./receiver.ts";
import { rfc3339 } from "./rfc3339.ts";

/** One request of another region, as any server can hand it over. */
export interface PeerRequest {
  readonly method: string;
  /** The path as it came, still percent-encoded, without the query; any mount prefix removed. */
  readonly path: string;
  /** A header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Reads the body as UTF-8, strictly; `tooLarge` when it has more bytes than {@link PEER_BODY_BYTES_MAX}. Called at most once. */
  readonly body: () => Promise<PeerBody>;
}

/** `notUtf8`: never decode such a body with replacement characters, for a receipt id with a letter replaced is another id. */
export type PeerBody =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tooLarge" }
  | { readonly kind: "notUtf8" };

/** The answer, for any server to send. */
export interface PeerResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** No receipt is larger: 256 code points in each id, escaped, and 256 bytes of hash make less than 8 KiB. */
export const PEER_BODY_BYTES_MAX = 64 * 1024;

/** Seconds after which a region that is busy or full may be asked again. */
const RETRY_AFTER_S = 1;

const JSON_TYPE = "application/json";
const RECEIPT_PATH = /^\/api\/v1\/receipts\/([^/]+)$/;

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly body: string;
}

/** Answers one request between regions (DESIGN §11). Never rejects: every failure is a problem document (RFC 9457). */
export async function answerPeer(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  wallMs: () => number,
): Promise<PeerResponse> {
  const sender = parseIdentification(request.header);
  const answer = await route(receiver, request, sender, wallMs).catch((error: unknown) => failure(receiver, error));
  return {
    status: answer.status,
    headers: {
      "content-type": answer.type ?? JSON_TYPE,
      ...answer.headers,
      ...identify(receiver, sender),
    },
    body: answer.body,
  };
}

/** A manager that was closed introduces nobody: what it answers is no evidence of anything. */
function identify(receiver: ReceiptReceiver, sender: Identification): Record<string, string> {
  try {
    return formatIdentification(receiver.identification(sender));
  } catch (error) {
    if (error instanceof ManagerClosedError) return {};
    throw error;
  }
}

async function route(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  sender: Identification,
  wallMs: () => number,
): Promise<Answer> {
  const { method, path } = request;
  if (path === "/receipt-sync") {
    return method === "POST" ? push(receiver, request, sender, wallMs) : methodNotAllowed(method, path, "POST");
  }
  if (path === "/api/v1/region") {
    return method === "GET" ? region(receiver, sender) : methodNotAllowed(method, path, "GET");
  }
  const receiptId = receiptIdIn(path);
  if (receiptId !== undefined) {
    return method === "GET" ? read(receiver, receiptId, sender) : methodNotAllowed(method, path, "GET");
  }
  return problem(
    404,
    "unknown-route",
    "No such route",
    `There is nothing at ${path}: check the endpoint and its path prefix`,
  );
}

async function push(
  receiver: ReceiptReceiver,
  request: PeerRequest,
  sender: Identification,
  wallMs: () => number,
): Promise<Answer> {
  const unsupported = unsupportedBody(request);
  if (unsupported !== undefined) return unsupported;
  const body = await request.body();
  if (body.kind === "tooLarge") {
    return problem(413, "too-large", "Body too large", `A receipt takes at most ${PEER_BODY_BYTES_MAX} bytes`);
  }
  if (body.kind === "notUtf8") return problem(400, "not-json", "Not JSON", "The text is not UTF-8");
  const parsed = parseWireReceipt(body.text);
  switch (parsed.kind) {
    case "notJson":
      return problem(400, "not-json", "Not JSON", parsed.message);
    case "invalid": {
      const detail = parsed.problems.map(({ message }) => message).join("; ");
      return problem(422, "invalid-receipt", "Invalid receipt", detail, { errors: parsed.problems });
    }
    case "parsed": {
      const received = await receiver.receive(parsed.receipt, parsed.envelope, sender);
      return received.kind === "conflict"
        ? conflict(parsed.receipt.receiptId, received)
        : acknowledgement(receiver, parsed.receipt.receiptId, received, wallMs);
    }
  }
}

function acknowledgement(
  receiver: ReceiptReceiver,
  receiptId: string,
  { digest, committed }: Extract<Received, { kind: "acknowledged" }>,
  wallMs: () => number,
): Answer {
  const { durability } = receiver;
  const timestamp = rfc3339(wallMs());
  return ok({ status: "acknowledged", receipt_id: receiptId, timestamp, digest, committed, durability });
}

function conflict(receiptId: string, { held, offered }: Extract<Received, { kind: "conflict" }>): Answer {
  // The digests come first: whoever shortens this keeps what matters.
  const detail = `Other content is held: digest ${held.digest}, offered ${offered.digest}, receipt ${receiptId}. Both are kept`;
  return problem(409, "conflict", "Other content under this id", detail, {
    receipt_id: receiptId,
    held_digest: held.digest,
    held_committed: held.committed,
    offered_digest: offered.digest,
    offered_committed: offered.committed,
  });
}

async function read(receiver: ReceiptReceiver, receiptId: string, sender: Identification): Promise<Answer> {
  const held = await receiver.read(receiptId, sender);
  switch (held.kind) {
    case "held": {
      const { record } = held.row;
      const fields = formatWireReceipt(record, record).slice(0, -1);
      const body = `${fields},"digest":"${record.digest}","durability":"${receiver.durability}"}`;
      return { status: 200, headers: { etag: `"${record.digest}-${record.committed ? 1 : 0}"` }, body };
    }
    case "absent":
      return problem(404, "not-found", "No such receipt", `This region holds no receipt ${receiptId}`);
    case "unknown": {
      const detail = `This region's store was replaced and is not complete: it can not tell whether receipt ${receiptId} was held`;
      return problem(503, "refilling", "Still refilling", detail, {}, RETRY_AFTER_S);
    }
  }
}

async function region(receiver: ReceiptReceiver, sender: Identification): Promise<Answer> {
  const introduction = await receiver.describe(sender);
  return ok({
    region: introduction.regionId,
    store_id: introduction.store.storeId,
    durability: receiver.durability,
    versions: [1],
    limits: { body_bytes_max: PEER_BODY_BYTES_MAX },
    policy_digest: receiver.policyDigest,
  });
}

function receiptIdIn(path: string): string | undefined {
  const segment = RECEIPT_PATH.exec(path)?.[1];
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function unsupportedBody(request: PeerRequest): Answer | undefined {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const title = "Unsupported body";
  if (type !== JSON_TYPE) {
    return problem(
      415,
      "unsupported-media-type",
      title,
      `content-type must be ${JSON_TYPE}, not ${type === "" ? "missing" : type}`,
    );
  }
  const encoding = request.header("content-encoding")?.trim().toLowerCase();
  if (encoding === undefined || encoding === "" || encoding === "identity") return undefined;
  return problem(415, "unsupported-media-type", title, `content-encoding ${encoding} is not supported: send it plain`);
}

function methodNotAllowed(method: string, path: string, allow: string): Answer {
  const answer = problem(405, "method-not-allowed", "Method not allowed", `${path} takes ${allow}, not ${method}`);
  return { ...answer, headers: { allow } };
}

function failure(receiver: ReceiptReceiver, error: unknown): Answer {
  if (error instanceof ManagerClosedError) {
    return problem(503, "store-failed", "Shutting down", "This region is shutting down", {}, RETRY_AFTER_S);
  }
  if (!(error instanceof StoreError)) {
    receiver.reportUnexpected(error);
    return problem(500, "internal", "Internal error", "An unexpected error; see the log of this region");
  }
  switch (error.kind) {
    case "full":
      return problem(
        507,
        "store-full",
        "Store full",
        "No space to store the receipt; nothing was stored",
        {},
        RETRY_AFTER_S,
      );
    case "overloaded":
      return problem(
        503,
        "overloaded",
        "Overloaded",
        "Too much is waiting to be stored; nothing was stored",
        {},
        RETRY_AFTER_S,
      );
    default:
      return problem(
        503,
        "store-failed",
        "Store failed",
        `The store acknowledges nothing now (${error.kind})`,
        {},
        RETRY_AFTER_S,
      );
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body: JSON.stringify(body) };
}

function problem(
  status: number,
  kind: ProblemKind,
  title: string,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
  retryAfterS?: number,
): Answer {
  return {
    status,
    type: "application/problem+json",
    headers: retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) },
    body: JSON.stringify({ type: problemType(kind), title, status, detail, ...members }),
  };
}
