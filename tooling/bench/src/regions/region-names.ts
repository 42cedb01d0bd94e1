/** The first one takes the load. */
export const REGIONS = ["us-east-1", "us-west-1", "eu-west-1"] as const;

/** A region as another one reaches it. */
export interface RegionAddress {
  readonly regionId: string;
  readonly endpoint: string;
}

/** Everybody but one. */
export function othersOf(regionId: string, all: readonly RegionAddress[]): readonly RegionAddress[] {
  return all.filter((region) => region.regionId !== regionId);
}

/** In the configuration: a region that counts on full evidence alone, because all of them run the same release. */
export function strictly(region: RegionAddress): RegionAddress & { readonly protocol: "strict" } {
  return { ...region, protocol: "strict" };
}
