/**
 * JSON text to values, without losing digits of a 64-bit `span_id`.
 *
 * `JSON.parse` reads 18446744073709551615 as 18446744073709552000. A reviver that looks at each number's source text
 * costs more than everything else about a receipt, and random span ids are nearly always that large. So a large
 * `span_id` is put between quotes before parsing: it arrives as a decimal string, which the receipt's rules accept
 * anyway and read exactly. In the same way numbers with a point or an exponent (1.0, 1e3, 0.99999999999999999999) become
 * strings in the whole-number fields, where they are then refused as the seeds' peers refuse them, instead of being
 * rounded to something plausible.
 *
 * Why editing the text is safe: the quote after the field's name is not escaped, so it ends a string; a string before a
 * colon is a key. The edit can only touch the number value of a key that is, or ends in, one of these names; of other
 * keys nobody reads the value.
 */

/** Outcome of {@link parseWireJson}. `message` says where the text stops being JSON. */
export type WireJson =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "notJson"; readonly message: string };

/** Whether there is anything to edit: one quick look that most bodies end with. */
const mayBeInexact = /"(?:span_id"\s*:\s*-?\d{16}|(?:span_id|ticks|source_seq)"\s*:\s*-?\d+[.eE])/;
/** JSON's own grammar of numbers, for those that do not fit or are not written as a plain integer. */
const inexactNumber =
  /("(?:span_id|ticks|source_seq)"\s*:\s*)(-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))(?=\s*[,}])/g;
const largeSpanId = /("span_id"\s*:\s*)(-?[1-9]\d{15,})(?=\s*[,}])/g;

/**
 * Parses a body that holds receipts at any depth: one, a batch, a line of many. Large `span_id` numbers come out as
 * decimal strings, to be read by `parseWireReceiptValue`. Duplicate keys: the last one counts.
 */
export function parseWireJson(text: string): WireJson {
  try {
    return { kind: "parsed", value: JSON.parse(withExactNumbers(text)) };
  } catch {
    return { kind: "notJson", message: syntaxErrorMessage(text) };
  }
}

function withExactNumbers(text: string): string {
  if (!mayBeInexact.test(text)) return text;
  return text.replace(largeSpanId, '$1"$2"').replace(inexactNumber, '$1"$2"');
}

/** The message for the text as it was sent: positions in the edited one would mislead. */
function syntaxErrorMessage(text: string): string {
  try {
    JSON.parse(text);
    return "The text is not JSON";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
