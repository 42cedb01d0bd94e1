import { isRegionId } from "./region-id.ts";

/** What one physical store says about itself (DESIGN §9): which store, which opening of it, how far its log is committed. */
export interface StoreMark {
  /** Random, made with the store: names this physical store among all that ever bore the region's name. */
  readonly storeId: string;
  /** Random, made at each opening of the store. */
  readonly epoch: string;
  /** The last committed position, 0 for an empty log. */
  readonly position: number;
}

/** How a region presents itself with every request and reply. */
export interface Introduction {
  readonly regionId: string;
  readonly store: StoreMark;
  /** The store lost what an earlier one of this region held, and does not vote until it is complete or an operator accepted the loss. */
  readonly refilling: boolean;
}

/** What the headers of a message said: who sent it, and the highest mark that the sender keeps of the receiver's store. */
export interface Identification {
  readonly from: Introduction | undefined;
  readonly seen: StoreMark | undefined;
  /**
   * There were headers of ours, but they do not introduce anybody: cut off, damaged, or made up. That is neither our protocol
   * nor the seeds', so it is no evidence.
   */
  readonly partial?: boolean | undefined;
}

/** A message without any header of ours: the seeds' protocol. */
export const UNIDENTIFIED: Identification = { from: undefined, seen: undefined };

/** The name of the region that sends a message, percent-encoded. */
export const REGION_HEADER = "x-rsync-region";
/** The {@link StoreMark} of the sender's own store, as `storeId;epoch;position`. */
export const STORE_HEADER = "x-rsync-store";
/** The highest mark that the sender keeps of the receiver's store, in the same form. */
export const SEEN_HEADER = "x-rsync-seen";
/** `1` where the sender's store is refilling, and so does not vote; missing otherwise. */
export const REFILLING_HEADER = "x-rsync-refilling";

/** `storeId;epoch;position`, as `x-rsync-store` and `x-rsync-seen` carry it. */
function formatStoreMark(mark: StoreMark): string {
  return `${mark.storeId};${mark.epoch};${mark.position}`;
}

const MARK = /^([A-Za-z0-9_-]{1,64});([A-Za-z0-9_-]{1,64});(0|[1-9][0-9]{0,15})$/;

/** The mark that a header holds; `undefined` where it is missing or malformed, which is then no evidence of anything. */
function parseStoreMark(text: string | undefined): StoreMark | undefined {
  const match = text === undefined ? null : MARK.exec(text);
  if (match === null) return undefined;
  const [, storeId, epoch, digits] = match;
  const position = Number(digits);
  if (storeId === undefined || epoch === undefined || !Number.isSafeInteger(position)) return undefined;
  return { storeId, epoch, position };
}

/** Header names are lower case; region ids are percent-encoded, because they may hold any letter and headers may not. */
export function formatIdentification(identification: Identification): Record<string, string> {
  const headers: Record<string, string> = {};
  const { from, seen } = identification;
  if (from !== undefined) {
    headers[REGION_HEADER] = encodeURIComponent(from.regionId);
    headers[STORE_HEADER] = formatStoreMark(from.store);
    if (from.refilling) headers[REFILLING_HEADER] = "1";
  }
  if (seen !== undefined) headers[SEEN_HEADER] = formatStoreMark(seen);
  return headers;
}

const OUR_HEADERS = [REGION_HEADER, STORE_HEADER, SEEN_HEADER, REFILLING_HEADER] as const;

/** Reads what {@link formatIdentification} wrote. An introduction counts only when both region and store are well formed. */
export function parseIdentification(header: (name: string) => string | undefined): Identification {
  const regionId = decodeRegionId(header(REGION_HEADER));
  const store = parseStoreMark(header(STORE_HEADER));
  const seen = parseStoreMark(header(SEEN_HEADER));
  if (regionId !== undefined && store !== undefined) {
    return { from: { regionId, store, refilling: header(REFILLING_HEADER) === "1" }, seen };
  }
  return OUR_HEADERS.some((name) => header(name) !== undefined)
    ? { from: undefined, seen, partial: true }
    : { from: undefined, seen };
}

/** A name that no configuration could give is none. */
function decodeRegionId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const regionId = decodeURIComponent(text);
    return isRegionId(regionId) ? regionId : undefined;
  } catch {
    return undefined;
  }
}
