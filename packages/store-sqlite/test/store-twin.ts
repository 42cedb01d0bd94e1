/** A store as slow and simple as can be: lists, searched from end to end. What it answers, the real one must answer. */
import type { Append, AppendResult, Conflict, HeldState, LogRow, ReceiptRecord } from "@rsync/core";

export class StoreTwin {
  readonly rows: LogRow[] = [];
  readonly conflicts: Omit<Conflict, "recordedAt">[] = [];
  storeId: string;
  #ownSeq = 0;

  constructor(storeId: string) {
    this.storeId = storeId;
  }

  renew(storeId: string): void {
    this.storeId = storeId;
    this.#ownSeq = 0;
  }

  append(item: Append): AppendResult {
    const offered = this.#record(item);
    const sameId = this.rows.filter(({ record }) => record.receiptId === offered.receiptId);
    if (sameId.length === 0) return { kind: "stored", row: this.#push(item.kind, offered) };
    const held = this.#newest(sameId);
    if (held.digest !== offered.digest) return this.#refuse(held, offered);
    if (offered.committed && !held.committed) return { kind: "upgraded", row: this.#push(item.kind, offered) };
    const ownToo = sameId.some(({ own, record }) => own && record.committed === held.committed);
    if (item.kind === "foreign" || ownToo) return { kind: "duplicate", held };
    return { kind: "stored", row: this.#push(item.kind, { ...offered, committed: held.committed }) };
  }

  get(receiptId: string): LogRow | undefined {
    const rows = this.rows.filter(({ record }) => record.receiptId === receiptId);
    const committed = rows.filter(({ record }) => record.committed);
    const newest = committed.length > 0 ? committed : rows;
    return newest.find(({ own }) => own) ?? newest.at(-1);
  }

  ownAfter(position: number): LogRow[] {
    return this.rows.filter((row) => row.own && row.position > position);
  }

  #record(item: Append): ReceiptRecord {
    if (item.kind === "foreign") return item.record;
    const { receipt, digest, timestamp } = item;
    return { ...receipt, digest, timestamp, sourceRegion: "eu-west-1", sourceStore: undefined, sourceSeq: undefined };
  }

  #push(kind: Append["kind"], record: ReceiptRecord): LogRow {
    if (kind === "own") this.#ownSeq += 1;
    const numbered = kind === "own" ? { ...record, sourceStore: this.storeId, sourceSeq: this.#ownSeq } : record;
    const row = { position: this.rows.length + 1, own: kind === "own", record: numbered };
    this.rows.push(row);
    return row;
  }

  #refuse(held: HeldState, offered: ReceiptRecord): AppendResult {
    const known = this.conflicts.some(
      (conflict) =>
        conflict.offered.receiptId === offered.receiptId &&
        conflict.offered.digest === offered.digest &&
        conflict.offered.committed === offered.committed,
    );
    if (!known) this.conflicts.push({ number: this.conflicts.length + 1, held, offered });
    return { kind: "conflict", held };
  }

  #newest(rows: readonly LogRow[]): HeldState {
    const [first] = rows;
    if (first === undefined) throw new Error("no row to compare with");
    return { digest: first.record.digest, committed: rows.some(({ record }) => record.committed) };
  }
}
