/** The three questions of a transport in one form, for what they promise in common. */
import type { Fault, Identification, ReceiptRecord, Transport, TransportCall, TransportResult } from "@rsync/core";
import { expect, vi } from "vitest";
import { foreignAppend } from "../../sample-appends.ts";
import type { Script, StagedRegion } from "./stage.ts";
import type { FarAnswer } from "./transport-site.ts";

/** What is sent where a case is not about it. */
export const sample: ReceiptRecord = foreignAppend("receipt-1", { store: "store-a", seq: 3, committed: true }).record;

interface Question {
  readonly name: "send" | "read" | "describe";
  readonly ask: (transport: Transport, call: TransportCall) => Promise<TransportResult<unknown>>;
}

/** For `it.each`: what holds for one of them holds for all. */
export const questions: readonly Question[] = [
  { name: "send", ask: (transport, call) => transport.send(call, sample) },
  { name: "read", ask: (transport, call) => transport.read(call, sample.receiptId) },
  { name: "describe", ask: (transport, call) => transport.describe(call) },
];

/** A region that does the same whatever it is asked. */
export function always(answer: () => Promise<FarAnswer<never>>): Script {
  return { send: answer, sendBatch: answer, read: answer, describe: answer };
}

/** The ways in which a link fails while the region is there. */
export function misbehaving(kind: "cut" | "half" | "nonsense"): Script {
  return always(async () => ({ kind }));
}

/** A region that reads what it is asked and says nothing. */
export function silent(): Script {
  return always(() => new Promise(() => {}));
}

/** Why a call failed. A reply fails the case. */
export function faultOf(result: TransportResult<unknown>): Fault {
  if (result.kind === "failed") return result.fault;
  expect.fail(`It was answered: ${JSON.stringify(result.reply)}`);
}

/** What a failure of the link may say of who is there: nothing, for nobody said anything. */
export const nobody: Identification = { from: undefined, seen: undefined };

const PATIENCE_MS = 4_000;

/** Waits until so many requests have come out at the far end. */
export function arrived(region: StagedRegion, requests: number): Promise<void> {
  const waiting = { timeout: PATIENCE_MS, interval: 2 };
  return vi.waitFor(() => expect(region.asked.length, "requests at the far end").toBe(requests), waiting);
}
