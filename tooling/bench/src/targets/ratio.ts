import { type ContestantName, PEERS, type PeerName } from "../load/contestant.ts";
import { median } from "../load/percentile.ts";
import { type Measured, rate } from "../load/run-rounds.ts";
import { parseShape, sameShape } from "../load/shape.ts";

/** One contestant in one shape, as in `sidecar` and `8x100`. */
export type Column = readonly [contestant: ContestantName, shape: string];

/** The median of the ratios within each round, where both sides met the same weather. `undefined` where one was not measured. */
export function medianRatio(
  measured: readonly Measured[],
  ours: Column,
  theirs: Column,
  figure: (run: Measured) => number,
): number | undefined {
  const ratios = runsOf(measured, ours).flatMap((run) => {
    const other = runsOf(measured, theirs).find(({ round }) => round === run.round);
    return other === undefined ? [] : [figure(run) / figure(other)];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

/** The peer with the highest rate in a shape, by its median. */
export function bestPeer(measured: readonly Measured[], shape: string): PeerName | undefined {
  let best: { readonly peer: PeerName; readonly rate: number } | undefined;
  for (const peer of PEERS) {
    const runs = runsOf(measured, [peer, shape]);
    if (runs.length === 0) continue;
    const own = median(runs.map(rate));
    if (best === undefined || own > best.rate) best = { peer, rate: own };
  }
  return best?.peer;
}

function runsOf(measured: readonly Measured[], [contestant, shape]: Column): readonly Measured[] {
  const wanted = parseShape(shape);
  if (wanted === undefined) throw new Error(`${shape} is no shape`);
  return measured.filter((run) => run.contestant === contestant && sameShape(run.shape, wanted));
}
