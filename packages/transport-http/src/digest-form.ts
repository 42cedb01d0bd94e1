const digestForm = /^[0-9a-f]{64}$/;

/** SHA-256 as this protocol writes it. */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && digestForm.test(value);
}
