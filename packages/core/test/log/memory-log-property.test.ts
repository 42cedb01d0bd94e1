import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Append, type LogRow, MemoryLog, type ReceiptRecord } from "../../src/index.ts";
import { foreign, own } from "./log-parts.ts";

type Act =
  | { readonly kind: "append"; readonly item: Append }
  | { readonly kind: "open" | "renew" | "rename" | "refill" | "accept" };

/** The rules of the log once more, slowly: nothing is kept but the rows and who they belong to; all else is looked up. */
class LogTwin {
  readonly rows: LogRow[] = [];
  readonly refused: { readonly held: { digest: string; committed: boolean }; readonly offered: ReceiptRecord }[] = [];
  regionId = "r0";
  storeId = "s0";

  /** `rows + 1` where a row is written, else what is held. */
  append(item: Append): string {
    const offered = item.kind === "own" ? { ...item.receipt, digest: item.digest } : item.record;
    const held = this.rows.filter(({ record }) => record.receiptId === offered.receiptId);
    const digest = held[0]?.record.digest ?? offered.digest;
    const committed = held.some(({ record }) => record.committed);
    if (digest !== offered.digest) return `conflict ${digest} ${committed}`;
    const newest = committed || offered.committed;
    const isKept = held.some((row) => row.record.committed === newest && (row.own || item.kind === "foreign"));
    if (isKept || (item.kind === "foreign" && committed)) return `duplicate ${digest} ${committed}`;
    const kind = held.length > 0 && newest && !committed ? "upgraded" : "stored";
    this.rows.push({ position: this.rows.length + 1, own: item.kind === "own", record: this.#record(item, newest) });
    return `${kind} ${this.rows.length}`;
  }

  #record(item: Append, committed: boolean): ReceiptRecord {
    if (item.kind === "foreign") return { ...item.record, committed };
    const { digest, timestamp } = item;
    const sourceStore = this.storeId;
    const sourceSeq = this.rows.filter((row) => row.own && row.record.sourceStore === sourceStore).length + 1;
    return { ...item.receipt, committed, digest, timestamp, sourceRegion: this.regionId, sourceStore, sourceSeq };
  }

  newest(receiptId: string): LogRow | undefined {
    const held = this.rows.filter(({ record }) => record.receiptId === receiptId);
    const best = held.filter(({ record }) => record.committed === held.some((row) => row.record.committed));
    return best.find((row) => row.own) ?? best[0];
  }
}

const ids = ["r1", "r2", "r3"];
const item = fc
  .tuple(fc.constantFrom(own, foreign), fc.constantFrom(...ids), fc.boolean(), fc.constantFrom("x", "x", "x", "y"))
  .map(([make, id, committed, digest]): Act => ({ kind: "append", item: make(id, committed, digest) }));
const act = fc.oneof(
  { weight: 9, arbitrary: item },
  fc.constantFrom<Act>({ kind: "open" }, { kind: "renew" }, { kind: "rename" }, { kind: "refill" }, { kind: "accept" }),
);

function appended(log: MemoryLog, offered: Append): string {
  const result = log.append(offered, "now");
  return "row" in result
    ? `${result.kind} ${result.row.position}`
    : `${result.kind} ${result.held.digest} ${result.held.committed}`;
}

test("a log in memory holds, answers and numbers as its slow twin does", () => {
  return fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const twin = new LogTwin();
      const log = new MemoryLog(twin.regionId, twin.storeId);
      log.open("e");
      for (const [index, next] of acts.entries()) {
        if (next.kind === "append") expect(appended(log, next.item)).toBe(twin.append(next.item));
        else if (next.kind === "open") log.open(`e${index}`);
        else if (next.kind === "refill") log.startRefilling(`e${index}`);
        else if (next.kind === "accept") log.acceptLoss();
        else {
          const storeId = `s${index}`;
          if (next.kind === "rename") twin.regionId = `r${index}`;
          if (next.kind === "rename" || log.renewable) twin.storeId = storeId;
          if (next.kind === "rename") log.rename(twin.regionId, storeId);
          else log.renew(storeId, `e${index}`);
        }
        expect(log.introduction()).toMatchObject({ regionId: twin.regionId, store: { storeId: twin.storeId } });
      }
      expect(log.list({ after: 0, ownOnly: false, rowsMax: 1_000, bytesMax: 1_000_000 })).toEqual(twin.rows);
      expect(log.count()).toEqual({ rows: twin.rows.length, own: twin.rows.filter((row) => row.own).length });
      for (const id of ids) expect(log.get(id)).toEqual(twin.newest(id));
    }),
    { numRuns: 300 },
  );
});
