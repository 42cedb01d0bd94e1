/** The body of a request between regions as text: of the right type, decompressed, within its bounds, and strictly UTF-8. */

import { ENCODINGS, type Encoding, inflate } from "./inflate.ts";
import { type Answer, problem } from "./peer-answer.ts";
import type { PeerRequest } from "./peer-request.ts";

export type BodyText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly answer: Answer };

/** As RFC 9110 has it for replies: what the next request may come in. */
export const ACCEPT_ENCODING: Readonly<Record<string, string>> = { "accept-encoding": ENCODINGS.join(", ") };

const JSON_TYPE = "application/json";
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** `bytesMax` bounds what comes over the wire and, apart from that, what it inflates to; `tooLarge` answers more of either. */
export async function readBodyText(request: PeerRequest, bytesMax: number, tooLarge: () => Answer): Promise<BodyText> {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== JSON_TYPE) return refused(unsupportedType(type));
  const encoding = encodingOf(request.header("content-encoding"));
  if (encoding.kind === "unknown") return refused(unsupportedEncoding(encoding.named));
  const body = await request.body(bytesMax);
  if (body.kind === "tooLarge") return refused(tooLarge());
  if (encoding.kind === "plain") return decode(body.bytes);
  const inflated = inflate(body.bytes, encoding.encoding, bytesMax);
  switch (inflated.kind) {
    case "inflated":
      return decode(inflated.bytes);
    case "tooLarge":
      return refused(tooLarge());
    case "broken":
      return refused(notJson(`The body is no ${encoding.encoding} stream: ${inflated.message}`));
  }
}

export function notJson(detail: string): Answer {
  return problem({ status: 400, kind: "not-json", title: "Not JSON", detail });
}

/** Never with replacement characters: a receipt id with a letter replaced is another id. */
function decode(bytes: Uint8Array): BodyText {
  try {
    return { kind: "text", text: utf8.decode(bytes) };
  } catch {
    return refused(notJson("The text is not UTF-8"));
  }
}

type BodyEncoding =
  | { readonly kind: "plain" }
  | { readonly kind: "compressed"; readonly encoding: Encoding }
  | { readonly kind: "unknown"; readonly named: string };

function encodingOf(header: string | undefined): BodyEncoding {
  const named = header?.trim().toLowerCase() ?? "";
  if (named === "" || named === "identity") return { kind: "plain" };
  const encoding = ENCODINGS.find((each) => each === named || `x-${each}` === named);
  return encoding === undefined ? { kind: "unknown", named } : { kind: "compressed", encoding };
}

function unsupportedEncoding(named: string): Answer {
  const detail = `content-encoding ${named} is not supported: send it plain, or as ${ENCODINGS.join(" or ")}`;
  return unsupported(detail, ACCEPT_ENCODING);
}

function unsupportedType(type: string): Answer {
  return unsupported(`content-type must be ${JSON_TYPE}, not ${type === "" ? "missing" : type}`);
}

function unsupported(detail: string, headers?: Readonly<Record<string, string>>): Answer {
  return problem({ status: 415, kind: "unsupported-media-type", title: "Unsupported body", detail }, headers);
}

function refused(answer: Answer): BodyText {
  return { kind: "refused", answer };
}
