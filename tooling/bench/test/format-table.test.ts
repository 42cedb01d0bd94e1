import { expect, test } from "vitest";
import { formatTable } from "../src/report/format-table.ts";

test("columns are as wide as their widest cell, numbers stand to the right", () => {
  expect(
    formatTable(
      ["name", "n"],
      [
        ["a", "1"],
        ["longer", "12345"],
      ],
    ),
  ).toBe(["| name   |     n |", "|--------|------:|", "| a      |     1 |", "| longer | 12345 |"].join("\n"));
});
