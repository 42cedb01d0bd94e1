import type { Body } from "./read-body.ts";

/** The members of a body that is one JSON object; `undefined` for any other. */
export function jsonObject(body: Body): Readonly<Record<string, unknown>> | undefined {
  if (body.kind !== "text") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.text);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
