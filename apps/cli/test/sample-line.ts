/** A receipt as a line of NDJSON; `changes` stand over its fields. */
export function sampleLine(receiptId: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const fields = {
    receipt_id: receiptId,
    transaction_id: `tx-${receiptId}`,
    hash: "01020304",
    ticks: 42,
    span_id: 789,
    committed: true,
    ...changes,
  };
  return `${JSON.stringify(fields)}\n`;
}
