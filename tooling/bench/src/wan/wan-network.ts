import type { Network } from "../regions/network.ts";
import { REGIONS } from "../regions/region-names.ts";
import { type DelayingProxy, delayingProxy } from "./delaying-proxy.ts";

/** Two regions and the round trip between them. */
export interface Link {
  readonly between: readonly [string, string];
  readonly roundTripMs: number;
}

const [first, second, third] = REGIONS;

/** From the first region, which takes the load, one neighbour is near and one is far. */
export const LINKS: readonly Link[] = [
  { between: [first, second], roundTripMs: 20 },
  { between: [second, third], roundTripMs: 40 },
  { between: [first, third], roundTripMs: 80 },
];

/** The link over which a quorum of two is completed first. */
export const NEAREST: Link = { between: [first, second], roundTripMs: 20 };

/** Three regions far from each other: every link between two of them is slow, in both directions alike. */
export class WanNetwork {
  readonly #proxies: DelayingProxy[] = [];

  readonly network: Network = async (from, to) => {
    const link = LINKS.find(({ between }) => between.includes(from) && between.includes(to.regionId));
    if (link === undefined) throw new Error(`There is no link from ${from} to ${to.regionId}`);
    const proxy = await delayingProxy(Number(new URL(to.endpoint).port), link.roundTripMs / 2);
    this.#proxies.push(proxy);
    return { ...to, endpoint: `http://127.0.0.1:${proxy.port}` };
  };

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }
}
