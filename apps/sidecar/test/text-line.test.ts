/** The form of a line in which other regions have a word. */
import { describe, expect, it } from "vitest";
import { textLine } from "../src/text-line.ts";

const line = (msg: string, fields: object = {}) =>
  textLine(JSON.stringify({ level: "info", time: "2025-11-16T12:00:00.123Z", ...fields, msg }));

describe("a line of text", () => {
  it("has the form of the seeds, and the fields that the message does not tell", () => {
    expect(line("Region a is up", { region: "a", note: "two words", count: 2 })).toBe(
      '2025-11-16T12:00:00Z INFO: Region a is up note="two words" count=2\n',
    );
  });

  it.each([
    ["a new line", "\n2025-11-16T12:00:01Z INFO: forged", "\\u000a2025-11-16T12:00:01Z INFO: forged"],
    ["a carriage return", "a\rb", "a\\u000db"],
    ["terminal codes", "\u001b[2J\u009b1m\u007f", "\\u001b[2J\\u009b1m\\u007f"],
    ["line separators", "a\u2028b\u2029c\u0085d", "a\\u2028b\\u2029c\\u0085d"],
    ["turned letters", "\u202eabc\u2066", "\\u202eabc\\u2066"],
    ["invisible letters beyond 16 bits", "\u{e0001}", "\\u{e0001}"],
  ])("shows %s instead of obeying, in the message and in fields", (_name, hostile, shown) => {
    expect(line(`Region ${hostile} is up`)).toBe(`2025-11-16T12:00:00Z INFO: Region ${shown} is up\n`);
    const told = line("up", { region: hostile, list: [hostile] });
    expect(told.slice(0, -1)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(told).toMatch(/^2025-11-16T12:00:00Z INFO: up region=.* list=.*\n$/);
  });

  it("leaves the letters of every script as they are", () => {
    expect(line("収据 Квитанция 🧾 é")).toBe("2025-11-16T12:00:00Z INFO: 収据 Квитанция 🧾 é\n");
  });
});
