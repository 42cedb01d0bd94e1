/** Where a page of docs/ shows a file by name, is it the file as it is? */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));

/** A link that ends in a colon, and then the code. */
const shown = /\[`[^`]+`\]\(([^)]+)\):\n\n```ts\n(.*?)```/gs;

const files = readdirSync(docs)
  .filter((name) => name.endsWith(".md"))
  .flatMap((page) => {
    const text = readFileSync(join(docs, page), "utf8");
    return [...text.matchAll(shown)].map(([, path = "", code = ""]) => ({ page, path, code }));
  });

test("files are shown", () => expect(files.length).toBeGreaterThan(0));

test.each(files)("$page shows $path as it is", ({ path, code }) => {
  expect(code).toBe(readFileSync(join(docs, path), "utf8"));
});
