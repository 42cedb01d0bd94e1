/** Every call that was made of a process, and what its caller was told. */
import type { CallMade, Told } from "../observation.ts";
import type { QuorumRule } from "../options.ts";
import type { SimulatedProcess, ToldResult } from "../process/simulated-process.ts";
import type { Running } from "../process/site.ts";

export interface CallWish {
  readonly kind: CallMade["kind"];
  readonly receiptId: string;
  readonly digest: string | undefined;
  readonly committed: boolean;
}

export interface CallBookParts {
  readonly nowMs: () => number;
  readonly ruleOf: (regionId: string) => QuorumRule;
  readonly made: (call: CallMade) => void;
  readonly told: (call: CallMade, told: Told) => void;
}

/** A call, and how it ended: nothing where its process died first. */
export interface BookedCall {
  readonly call: CallMade;
  told: Told | undefined;
  toldMs: number | undefined;
}

export class CallBook {
  readonly calls: BookedCall[] = [];
  readonly #parts: CallBookParts;
  /** By process and receipt: calls under way, and when the first of them began. */
  readonly #chains = new Map<string, { open: number; readonly sinceMs: number }>();
  /** By process and state: since when the votes count on which a submission was called committed; the same again may be told so. */
  readonly #committed = new Map<string, number>();

  constructor(parts: CallBookParts) {
    this.#parts = parts;
  }

  /** Makes a call. Resolves with the booked call once its caller was told; never where the process dies. */
  async make(
    { incarnation, process }: Running,
    wish: CallWish,
    work: (process: SimulatedProcess) => Promise<Told>,
  ): Promise<BookedCall> {
    const { regionId } = incarnation;
    const startedMs = this.#parts.nowMs();
    const key = `${regionId} ${incarnation.number} ${wish.receiptId}`;
    const chain = this.#chains.get(key) ?? { open: 0, sinceMs: startedMs };
    chain.open += 1;
    this.#chains.set(key, chain);
    const { digest = "", committed } = wish;
    // A stale submission may be told what is known of the newer state, or what it was told before.
    const known = [...new Set([true, committed])].map(
      (each) => this.#committed.get(stateOf(key, { digest, committed: each })) ?? Number.POSITIVE_INFINITY,
    );
    const knownMs = wish.kind === "sync" ? Math.min(...known) : Number.POSITIVE_INFINITY;
    const call: CallMade = {
      ...wish,
      number: this.calls.length,
      regionId,
      incarnation: incarnation.number,
      startedMs,
      votesFromMs: Math.min(chain.sinceMs, knownMs),
      rule: this.#parts.ruleOf(regionId),
    };
    const booked: BookedCall = { call, told: undefined, toldMs: undefined };
    this.calls.push(booked);
    this.#parts.made(call);
    const told = await work(process).catch(rejected);
    chain.open -= 1;
    if (chain.open === 0) this.#chains.delete(key);
    if (told.kind === "result" && told.outcome === "committed") this.#remember(stateOf(key, told), call.votesFromMs);
    booked.told = told;
    booked.toldMs = this.#parts.nowMs();
    this.#parts.told(call, told);
    return booked;
  }

  #remember(state: string, sinceMs: number): void {
    if (!this.#committed.has(state)) this.#committed.set(state, sinceMs);
  }
}

function stateOf(key: string, { digest, committed }: { readonly digest: string; readonly committed: boolean }): string {
  return `${key} ${digest} ${committed}`;
}

/** What a result says, as far as checkers ask. */
export function toldBy(result: ToldResult): Told {
  const { outcome, digest, committed, regions } = result;
  const voting = (vote: string): string[] =>
    regions.filter((region) => region.vote === vote).map(({ regionId }) => regionId);
  return { kind: "result", outcome, digest, committed, confirmed: voting("confirmed"), refused: voting("refused") };
}

/** What a caller was told, in a few words. */
export function describeTold(told: Told): string {
  switch (told.kind) {
    case "result":
      return `${told.outcome}, confirmed by ${told.confirmed.join(" ") || "nobody"}${told.refused.length === 0 ? "" : `, refused by ${told.refused.join(" ")}`}`;
    case "inspected":
      return `${told.quorum ? "quorum" : "no quorum"}, confirmed by ${told.confirmed.join(" ") || "nobody"}`;
    case "verified":
      return told.quorum ? "quorum" : "no quorum";
    case "rejected":
      return told.error;
  }
}

function rejected(error: unknown): Told {
  const kind = error instanceof Error && "kind" in error ? ` ${String(error.kind)}` : "";
  return { kind: "rejected", error: error instanceof Error ? `${error.name}${kind}: ${error.message}` : String(error) };
}
