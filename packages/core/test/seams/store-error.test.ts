import { expect, test } from "vitest";
import { StoreError } from "../../src/index.ts";

test("a store's error is told by its kind, and keeps what it came from, where it came from anything", () => {
  const cause = new Error("ENOSPC");
  const full = new StoreError("full", "No space left in /var/lib/rsync: make some", cause);
  expect(full).toMatchObject({
    name: "StoreError",
    kind: "full",
    message: "No space left in /var/lib/rsync: make some",
  });
  expect(full.cause).toBe(cause);
  expect("cause" in new StoreError("closed", "The store is closed")).toBe(false);
});
