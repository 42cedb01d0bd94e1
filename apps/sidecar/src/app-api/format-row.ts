import { formatWireReceipt, type LogRow } from "@rsync/core";

/** A row as JSON text: the receipt with its envelope, its digest, its place in this log, and whether it was submitted here. */
export function formatRow({ record, position, own }: LogRow): string {
  const fields = formatWireReceipt(record, record).slice(0, -1);
  return `${fields},"digest":"${record.digest}","position":${position},"own":${own}}`;
}
