/** How a region's receiving side becomes an answer on the wire, as a server in front of it would map it (DESIGN §11). */
import { type Fault, type Identification, type ProblemKind, StoreError } from "@rsync/core";
import type { SimulatedReceiver } from "../process/simulated-process.ts";
import { type Answer, NOBODY, type Reply, type Request } from "./message.ts";

/** A region that is busy or full says so, and when to come again. */
const RETRY_AFTER_MS = 1_000;

/** Never rejects; every failure is a problem document. */
export async function answerRequest(
  receiver: SimulatedReceiver,
  request: Request,
  sender: Identification,
  storeIdOf: () => string,
): Promise<Answer> {
  const answered = await ask(receiver, request, sender, storeIdOf).catch(faultOf);
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

type StatusFault = Extract<Fault, { kind: "status" }>;

async function ask(
  receiver: SimulatedReceiver,
  request: Request,
  sender: Identification,
  storeIdOf: () => string,
): Promise<Reply | StatusFault> {
  switch (request.kind) {
    case "send": {
      const { record } = request;
      const received = await receiver.receive(record, record, sender);
      if (received.kind === "conflict") {
        return problem(409, "conflict", `Other content is held: ${received.held.digest}, offered ${record.digest}`);
      }
      const { digest, committed } = received;
      const { durability } = receiver;
      return { kind: "send", acknowledgement: { receiptId: record.receiptId, digest, committed, durability } };
    }
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
      const description = { regionId, storeId: storeIdOf(), durability, versions: [1], policyDigest };
      return { kind: "describe", description };
    }
  }
}

function faultOf(error: unknown): StatusFault {
  if (!(error instanceof StoreError)) return problem(500, "internal", String(error));
  if (error.kind === "full") return problem(507, "store-full", error.message, RETRY_AFTER_MS);
  return problem(503, "store-failed", error.message, RETRY_AFTER_MS);
}

function problem(status: number, kind: ProblemKind, detail: string, retryAfterMs?: number): StatusFault {
  return { kind: "status", status, problem: { kind, title: kind, detail }, retryAfterMs, excerpt: detail };
}
