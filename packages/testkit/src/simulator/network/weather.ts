/** What the network does to messages, by directed link. Episodes overlap; each is over when it is ended. */
import type { Draw } from "../draw.ts";

/** One thing that goes wrong on some links. */
export type Episode =
  /** Nothing passes; `silent` where the sender is not even told. */
  | { readonly kind: "cut"; readonly silent: boolean }
  /** A message is lost with this probability. */
  | { readonly kind: "loss"; readonly probability: number }
  /** A request arrives again, up to so much later. */
  | { readonly kind: "duplicate"; readonly probability: number; readonly laterMsMax: number }
  /** Messages overtake each other: up to so much is added to each. */
  | { readonly kind: "reorder"; readonly extraMsMax: number }
  /** The work is done, and the connection breaks under the reply. */
  | { readonly kind: "replyLost"; readonly probability: number }
  /** Everything takes so many times as long. */
  | { readonly kind: "slow"; readonly factor: number };

/** Whether an episode strikes messages from one region to another. */
export type Strikes = (from: string, to: string) => boolean;

/** What becomes of one message. */
export type Passage =
  | { readonly kind: "arrives"; readonly afterMs: number; readonly again: number | undefined; readonly breaks: boolean }
  | { readonly kind: "lost" }
  | { readonly kind: "noRoute" };

export class Weather {
  readonly #draw: Draw;
  readonly #latencyMs: (from: string, to: string) => number;
  readonly #episodes = new Set<{ readonly episode: Episode; readonly strikes: Strikes }>();

  constructor(draw: Draw, latencyMs: (from: string, to: string) => number) {
    this.#draw = draw;
    this.#latencyMs = latencyMs;
  }

  /** Begins an episode; the returned function ends it. */
  begin(episode: Episode, strikes: Strikes): () => void {
    const entry = { episode, strikes };
    this.#episodes.add(entry);
    return () => this.#episodes.delete(entry);
  }

  clear(): void {
    this.#episodes.clear();
  }

  /** Draws the fate of one message. */
  passage(from: string, to: string): Passage {
    const draw = this.#draw;
    let afterMs = this.#latencyMs(from, to) * (1 + draw.random() * 0.5);
    let extraMs = 0;
    let again: number | undefined;
    let breaks = false;
    for (const { episode, strikes } of this.#episodes) {
      if (!strikes(from, to)) continue;
      switch (episode.kind) {
        case "cut":
          return { kind: episode.silent ? "lost" : "noRoute" };
        case "loss":
          if (draw.chance(episode.probability)) return { kind: "lost" };
          break;
        case "duplicate":
          if (draw.chance(episode.probability)) again = draw.random() * episode.laterMsMax;
          break;
        case "reorder":
          extraMs += draw.random() * episode.extraMsMax;
          break;
        case "replyLost":
          if (draw.chance(episode.probability)) breaks = true;
          break;
        case "slow":
          afterMs *= episode.factor;
          break;
      }
    }
    return { kind: "arrives", afterMs: afterMs + extraMs, again, breaks };
  }
}
