import { parseWireJson } from "@rsync/core";

/** What a body holds. */
export type ReplyJson =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "notJson"; readonly detail: string };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a body as JSON, span ids exactly. Its `content-type` is not asked: what parses is what it is. */
export function parseReplyJson(body: Uint8Array): ReplyJson {
  if (body.byteLength === 0) return { kind: "notJson", detail: "the body is empty" };
  const text = decode(body);
  if (text === undefined) return { kind: "notJson", detail: "the body is not UTF-8" };
  const json = parseWireJson(text);
  return json.kind === "parsed"
    ? { kind: "json", value: json.value }
    : { kind: "notJson", detail: "the body is not JSON" };
}

/** The members of a JSON object; none for any other value, so that every field of it reads as missing. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decode(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}
