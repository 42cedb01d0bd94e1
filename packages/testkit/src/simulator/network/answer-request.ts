/** How a region's receiving side becomes an answer on the wire, as a server in front of it would map it (DESIGN §11). */
import { type BatchItemReply, type Identification, type ReceiptRecord, StoreError } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { SimulatedReceiver } from "../process/simulated-process.ts";
import { type Answer, NOBODY, type Reply, type Request } from "./message.ts";
import { type Quirks, turnAway } from "./quirks.ts";
import { problem, type StatusFault } from "./status-fault.ts";

/** A region that is busy or full says so, and when to come again. */
const RETRY_AFTER_MS = 1_000;

/** What the answer may hang on besides the receiver. */
export interface Answering {
  readonly storeIdOf: () => string;
  readonly quirks: Quirks;
  readonly draw: Draw;
}

/** Half of the receipts of a batch fail where single ones do. */
const ITEM_FAILS = 0.5;

/** Never rejects; every failure is a problem document. Some requests are never answered. */
export async function answerRequest(
  receiver: SimulatedReceiver,
  request: Request,
  sender: Identification,
  answering: Answering,
): Promise<Answer> {
  const turnedAway = turnAway(answering.quirks, request);
  if (turnedAway === "silence") return new Promise<never>(() => {});
  const answered = turnedAway ?? (await ask(receiver, request, sender, answering).catch(faultOf));
  const identification = identify(receiver, sender);
  return "status" in answered
    ? { kind: "failed", fault: answered, identification }
    : { kind: "replied", reply: answered, identification };
}

/** A process that was closed introduces nobody. */
function identify(receiver: SimulatedReceiver, sender: Identification): Identification {
  try {
    return receiver.identification(sender);
  } catch {
    return NOBODY;
  }
}

async function ask(
  receiver: SimulatedReceiver,
  request: Request,
  sender: Identification,
  answering: Answering,
): Promise<Reply | StatusFault> {
  switch (request.kind) {
    case "send": {
      const { record } = request;
      const received = await receiver.receive(record, record, sender);
      if (received.kind === "conflict") return conflict(received.held.digest, record);
      const { digest, committed } = received;
      const { durability } = receiver;
      return { kind: "send", acknowledgement: { receiptId: record.receiptId, digest, committed, durability } };
    }
    case "batch":
      return { kind: "batch", items: await takeBatch(receiver, request.records, sender, answering) };
    case "read": {
      const held = await receiver.read(request.receiptId, sender);
      if (held.kind !== "held") return { kind: "read", read: { kind: held.kind } };
      const { record } = held.row;
      const read = { kind: "held" as const, receipt: record, envelope: record, durability: receiver.durability };
      return { kind: "read", read };
    }
    case "describe": {
      await receiver.describe(sender);
      const regionId = receiver.identification(sender).from?.regionId ?? "";
      const { durability, policyDigest } = receiver;
      const description = { regionId, storeId: answering.storeIdOf(), durability, versions: [1], policyDigest };
      return { kind: "describe", description };
    }
  }
}

/** In one commit, but for receipts that fail by themselves; one item for each, in their order. */
async function takeBatch(
  receiver: SimulatedReceiver,
  records: readonly ReceiptRecord[],
  sender: Identification,
  { quirks, draw }: Answering,
): Promise<readonly BatchItemReply[]> {
  const { itemStatus } = quirks;
  const failing = new Set(itemStatus === undefined ? [] : records.filter(() => draw.chance(ITEM_FAILS)));
  const taken = records.filter((record) => !failing.has(record));
  const received = await receiver.receiveBatch(
    taken.map((record) => ({ receipt: record, envelope: record })),
    sender,
  );
  const { durability } = receiver;
  let next = 0;
  return records.map((record): BatchItemReply => {
    const { receiptId } = record;
    const failed = (fault: StatusFault): BatchItemReply => ({
      kind: "failed",
      receiptId,
      digest: record.digest,
      fault,
    });
    if (failing.has(record)) return failed(problem(itemStatus ?? 503, "internal", "this one failed"));
    const result = received[next];
    next += 1;
    if (result === undefined) throw new Error("Bug: a receipt of a batch without a result");
    if (result.kind === "conflict") return failed(conflict(result.held.digest, record));
    const { digest, committed } = result;
    return { kind: "acknowledged", acknowledgement: { receiptId, digest, committed, durability } };
  });
}

function conflict(heldDigest: string, { digest }: ReceiptRecord): StatusFault {
  return problem(409, "conflict", `Other content is held: ${heldDigest}, offered ${digest}`);
}

function faultOf(error: unknown): StatusFault {
  if (!(error instanceof StoreError)) return problem(500, "internal", String(error));
  if (error.kind === "full") return problem(507, "store-full", error.message, RETRY_AFTER_MS);
  return problem(503, "store-failed", error.message, RETRY_AFTER_MS);
}
