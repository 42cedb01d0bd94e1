import { formatWireReceipt, parseWireReceipt, type Receipt } from "@rsync/core";
import type { Element } from "../input/element.ts";
import type { LineResult } from "./line-result.ts";

/** A receipt that may be sent, in its shortest form; or what is wrong with it. */
export type CheckedElement =
  | { readonly kind: "valid"; readonly number: number; readonly receipt: Receipt; readonly text: string }
  | Extract<LineResult, { readonly kind: "invalid" | "unreadable" }>;

/** Checks one element by the rules that the sidecar has too, digits of large numbers included. */
export function checkElement(element: Element): CheckedElement {
  if (element.kind === "unreadable") return element;
  const { number } = element;
  const parsed = parseWireReceipt(element.text, "ignored");
  switch (parsed.kind) {
    case "parsed":
      return { kind: "valid", number, receipt: parsed.receipt, text: formatWireReceipt(parsed.receipt) };
    case "invalid":
      return { kind: "invalid", number, problems: parsed.problems };
    case "notJson":
      return { kind: "unreadable", number, message: `not JSON: ${parsed.message}` };
  }
}
