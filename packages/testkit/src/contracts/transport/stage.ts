/** Where the cases play: a transport, and regions that do as a case says and remember what they were asked. */
import type {
  Acknowledgement,
  BatchItemReply,
  Identification,
  Introduction,
  PartialEnvelope,
  ReadReply,
  Receipt,
  RegionDescription,
  Transport,
  TransportCall,
} from "@rsync/core";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { FarAnswer, FarRecord, FarRegion, ServedRegion, TransportSite } from "./transport-site.ts";

/** One request as it came out at the far end. */
type Asked =
  | {
      readonly kind: "send";
      readonly sender: Identification;
      readonly receipt: Receipt;
      readonly envelope: PartialEnvelope;
    }
  | { readonly kind: "sendBatch"; readonly sender: Identification; readonly records: readonly FarRecord[] }
  | { readonly kind: "read"; readonly sender: Identification; readonly receiptId: string }
  | { readonly kind: "describe"; readonly sender: Identification };

/** What a region does about each kind of request, by its number among all that came, from 0. */
export interface Script {
  readonly send?: (number: number) => Promise<FarAnswer<Acknowledgement>>;
  readonly sendBatch?: (number: number) => Promise<FarAnswer<readonly BatchItemReply[]>>;
  readonly read?: (number: number) => Promise<FarAnswer<ReadReply>>;
  readonly describe?: (number: number) => Promise<FarAnswer<RegionDescription>>;
}

/** A region that a case has put at the other end. */
export interface StagedRegion extends ServedRegion {
  readonly asked: readonly Asked[];
  /** A call to it, with what a case is about changed. */
  readonly call: (changes?: Partial<TransportCall> & { readonly timeoutMs?: number }) => TransportCall;
}

/** The stage of the case under way. */
export interface Stage {
  readonly transport: Transport;
  readonly clock: VirtualClock | undefined;
  /** Puts a region there that is well, but for what its script says. */
  readonly region: (script?: Script) => Promise<StagedRegion>;
  /** Closes the transport and stops its regions. */
  readonly clear: () => Promise<void>;
}

/** The stage that is set in the case under way. */
export type Current = () => Stage;

/** Who sends in every case. */
export const self: Introduction = {
  regionId: "us-east-1",
  store: { storeId: "store-a", epoch: "epoch-a", position: 12 },
  refilling: false,
};

/** What every region says of itself and of the sender where a case does not say otherwise. */
export const west: Identification = {
  from: { regionId: "us-west-1", store: { storeId: "store-w", epoch: "epoch-w", position: 7 }, refilling: false },
  seen: { storeId: "store-a", epoch: "epoch-a", position: 9 },
};

/** A reply as a region that is well gives it. */
export function replied<Reply>(reply: Reply, identification = west): FarAnswer<Reply> {
  return { kind: "replied", reply, identification };
}

/** Longer than the patience of a test runner: a call that should end at once and does not fails its case. */
const TIMEOUT_MS = 60_000;

/** Sets a stage on the site. */
export function setStage({ transport, serve, clock }: TransportSite): Stage {
  const served: ServedRegion[] = [];
  const region = async (script: Script = {}): Promise<StagedRegion> => {
    const asked: Asked[] = [];
    const there = await serve(play(script, asked));
    served.push(there);
    return { ...there, asked, call: (changes) => callTo(there.endpoint, changes) };
  };
  const clear = async (): Promise<void> => {
    await transport.close();
    await Promise.all(served.map((there) => there.stop()));
  };
  return { transport, clock, region, clear };
}

function callTo(endpoint: string, changes: Parameters<StagedRegion["call"]>[0] = {}): TransportCall {
  const { timeoutMs = TIMEOUT_MS, ...rest } = changes;
  const to = { regionId: "us-west-1", endpoint, timeoutMs };
  return { to, from: self, seen: undefined, signal: new AbortController().signal, ...rest };
}

function play(script: Script, asked: Asked[]): FarRegion {
  return {
    send: async (sender, receipt, envelope) => {
      const number = asked.push({ kind: "send", sender, receipt, envelope }) - 1;
      if (script.send !== undefined) return script.send(number);
      return replied({ receiptId: receipt.receiptId, digest: undefined, committed: undefined, durability: undefined });
    },
    sendBatch: async (sender, records) => {
      const number = asked.push({ kind: "sendBatch", sender, records }) - 1;
      return script.sendBatch?.(number) ?? replied([]);
    },
    read: async (sender, receiptId) => {
      const number = asked.push({ kind: "read", sender, receiptId }) - 1;
      return script.read?.(number) ?? replied({ kind: "absent" });
    },
    describe: async (sender) => {
      const number = asked.push({ kind: "describe", sender }) - 1;
      return script.describe?.(number) ?? replied({ durability: "fsync", policyDigest: "ab".repeat(32) });
    },
  };
}
