/** Where the receipt log is kept. */
import { resolve } from "node:path";

export type StoreLocation =
  | {
      readonly kind: "sqlite";
      /** Absolute: what is written is relative to the working directory. */
      readonly path: string;
    }
  /** Keeps nothing: for trials. */
  | { readonly kind: "memory" };

export type ParsedStoreLocation =
  | { readonly kind: "parsed"; readonly location: StoreLocation }
  | { readonly kind: "invalid"; readonly message: string };

/** Reads `sqlite:PATH` and `memory:`. */
export function parseStoreLocation(text: unknown): ParsedStoreLocation {
  if (text === "memory:") return { kind: "parsed", location: { kind: "memory" } };
  if (typeof text === "string" && text.startsWith("sqlite:") && text.length > "sqlite:".length) {
    return { kind: "parsed", location: { kind: "sqlite", path: resolve(text.slice("sqlite:".length)) } };
  }
  const scheme = typeof text === "string" ? /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0] : undefined;
  const known = "must be sqlite:PATH or memory:";
  if (scheme === undefined || scheme === "sqlite:") return { kind: "invalid", message: known };
  // Only the scheme is shown: what follows may hold a password.
  return { kind: "invalid", message: `${known}; this release has no store for ${scheme}` };
}

/** As it is written in a configuration. */
export function formatStoreLocation(location: StoreLocation): string {
  return location.kind === "memory" ? "memory:" : `sqlite:${location.path}`;
}
