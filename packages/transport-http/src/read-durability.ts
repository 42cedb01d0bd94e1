import type { Durability } from "@rsync/core";

export type ReadDurability =
  | { readonly kind: "read"; readonly value: Durability | undefined }
  | { readonly kind: "wrong"; readonly detail: string };

/** A region's word about its store, where it gives one: the seeds' protocol has none, so it may be missing or null. */
export function readDurability(value: unknown): ReadDurability {
  if (value === undefined || value === null) return { kind: "read", value: undefined };
  if (value === "fsync" || value === "memory") return { kind: "read", value };
  return { kind: "wrong", detail: "durability is neither fsync nor memory" };
}
