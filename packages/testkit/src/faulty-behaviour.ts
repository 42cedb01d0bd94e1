/** The ways in which a region can misbehave, each with its name. */
import type { Durability, Introduction } from "@rsync/core";

/** What a {@link faultyPeer} does with each request until it becomes another. */
export type FaultyBehaviour =
  /** Nobody listens: connections are refused. */
  | { readonly kind: "refuses" }
  /** Reads the request and resets the connection: whoever sent it can not know what became of it. */
  | { readonly kind: "resets" }
  /** Begins a proper reply and resets the connection in its middle. */
  | { readonly kind: "resetsInBody" }
  /** Reads the request and says nothing, for as long as the connection stays open. */
  | { readonly kind: "neverAnswers" }
  /** Begins a proper reply and never ends it. */
  | { readonly kind: "stallsInBody" }
  /** A page for people, as a proxy gives it. Status 200 unless said otherwise. */
  | { readonly kind: "answersHtml"; readonly status?: number }
  /** A reply that looks right and names another receipt: to a delivery, of one or of many, and to a read. */
  | { readonly kind: "acknowledgesAnother"; readonly receiptId: string }
  /**
   * Everything as it should be, under the name and store given here: another region's, or one's own for a region that is
   * well. `durability` is what it says of its store; default `fsync`.
   */
  | { readonly kind: "acknowledgesAs"; readonly from: Introduction; readonly durability?: Durability }
  /** Acknowledges other contents than were sent, and returns other contents than it took. */
  | { readonly kind: "wrongDigest"; readonly from: Introduction }
  /** Acknowledges, but for one receipt, which it calls a conflict: alone, or as one item of a batch. */
  | { readonly kind: "conflictsOver"; readonly from: Introduction; readonly receiptId: string }
  /** Acknowledges each receipt of a batch but one, of which it says nothing. What comes alone is acknowledged. */
  | { readonly kind: "leavesOut"; readonly from: Introduction; readonly receiptId: string }
  /** Acknowledges each receipt of a batch, one of them twice. */
  | { readonly kind: "repeats"; readonly from: Introduction; readonly receiptId: string }
  /** Points elsewhere. Status 307 unless said otherwise, which asks to repeat the request with its body. */
  | { readonly kind: "redirects"; readonly to: string; readonly status?: number }
  /** A body of so many bytes of white space and no end of JSON. */
  | { readonly kind: "hugeReply"; readonly replyBytes: number }
  /** Any reply, letter by letter. */
  | {
      readonly kind: "answers";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };
