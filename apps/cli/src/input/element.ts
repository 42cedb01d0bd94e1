/** One thing found in an input: the raw text of a receipt, or why there is none. */
export type Element =
  | {
      readonly kind: "element";
      /** Its line in NDJSON, its place in an array; both from 1. */
      readonly number: number;
      readonly text: string;
    }
  | {
      /** It is not a receipt whatever it says: too large, no text, or cut off. */
      readonly kind: "unreadable";
      readonly number: number;
      readonly message: string;
    };

/** A receipt takes a few kilobytes at most; what is larger is skipped without being kept. */
export const ELEMENT_BYTES_MAX = 1024 * 1024;
