import type { RegionAddress } from "./region-names.ts";

/** How one region reaches another: the endpoint that it is told. */
export type Network = (from: string, to: RegionAddress) => Promise<RegionAddress>;

/** Straight. */
export const loopback: Network = async (_, to) => to;
