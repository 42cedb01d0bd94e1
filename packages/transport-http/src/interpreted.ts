import type { Fault } from "@rsync/core";

/** What a complete HTTP reply means in the protocol. */
export type Interpreted<Reply> =
  | { readonly kind: "replied"; readonly reply: Reply }
  | { readonly kind: "failed"; readonly fault: Fault };
