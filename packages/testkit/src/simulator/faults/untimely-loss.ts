/** A disk that loses something at just the moment at which others could fail to notice. */
import type { Transaction } from "../disk/journal.ts";
import type { Draw } from "../draw.ts";
import type { Weather } from "../network/weather.ts";
import type { Site } from "../process/site.ts";

/** What such a loss needs of the run. */
export interface Untimely {
  readonly weather: Weather;
  /** Sites that faults may strike. */
  readonly frail: readonly Site[];
  /** Ends something after a while, or when everything is healed. */
  readonly during: (ms: number, end: () => void) => void;
  /** Does something later, unless everything is healed by then. */
  readonly after: (ms: number, run: () => void) => void;
  /** What was on a disk, which could turn up again. */
  readonly lost: (regionId: string, journal: readonly Transaction[]) => void;
}

/** An answer may be so late that whatever its region does next is known before. */
const LATE_MS_MAX = 1_000;

/** A region that comes back is heard, and may be gone again before it has said more. */
const GONE_AGAIN_AFTER_MS = 500;
const GONE_MS = 5_000;

/** What a disk loses of a moment. */
const MOMENT_TRANSACTIONS_MAX = 4;

/** What it was says one thing more, late; what it is now is heard before that, and then not for a while. */
export function replaceAfterReply(site: Site, draw: Draw, { weather, during, after, lost }: Untimely): void {
  const { regionId, disk } = site;
  const goneMs = draw.exponential(GONE_MS);
  const inTime = weather.begin({ kind: "reorder", extraMsMax: LATE_MS_MAX }, (from) => from === regionId);
  during(goneMs, inTime);
  site.crashAt("afterReply", draw.integer(1, 2), 0, () => {
    inTime();
    lost(regionId, disk.wipe());
    after(draw.exponential(GONE_AGAIN_AFTER_MS), () => site.crash(goneMs));
  });
}

/** A new store has told what it lost, late, when its disk is as it was before it knew. */
export function loseDoubt(site: Site, draw: Draw, { weather, during, after, lost }: Untimely): void {
  const { regionId, disk } = site;
  during(
    LATE_MS_MAX * 3,
    weather.begin({ kind: "reorder", extraMsMax: LATE_MS_MAX }, (from) => from === regionId),
  );
  lost(regionId, disk.wipe());
  site.crash(0);
  after(draw.exponential(LATE_MS_MAX / 2), () => {
    if (disk.durableLength < 2) return;
    const start = site.keepDown();
    disk.restore(disk.copy(1));
    after(draw.exponential(LATE_MS_MAX), start);
    during(LATE_MS_MAX * 3, start);
  });
}

/** It is as it was a moment ago, and the processes that may have known better are gone. False where it has lived for no moment. */
export function loseMoment(site: Site, draw: Draw, forMs: number, { frail, during }: Untimely): boolean {
  const { disk } = site;
  const length = disk.durableLength - draw.integer(1, MOMENT_TRANSACTIONS_MAX);
  if (length < 1) return false;
  during(forMs, site.keepDown());
  disk.restore(disk.copy(length));
  for (const other of frail) if (other !== site) other.crash(forMs);
  return true;
}
