/** The receipt of the seeds' examples as JSON text, with fields replaced by the JSON texts given. */
export function receiptText(receiptId: string, changes: Readonly<Record<string, string>> = {}): string {
  const fields: Record<string, string> = {
    receipt_id: JSON.stringify(receiptId),
    transaction_id: '"tx-456"',
    hash: '"01020304"',
    ticks: "42",
    span_id: "789",
    committed: "true",
    ...changes,
  };
  return `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(",")}}`;
}
