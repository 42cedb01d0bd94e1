import { type Verdict, type Vote, verdict } from "@rsync/core";
import type { Engine } from "./engine.ts";
import * as lines from "./log-lines.ts";
import type { Finding, Question } from "./question.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";
import { type RegionError, regionErrorOf } from "./sync-result.ts";

/** Which content to look for; without a digest, what this region holds, else what most regions hold. */
export interface InspectOptions {
  readonly digest?: string | undefined;
  readonly committed?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const INSPECT_OPTIONS: ReadonlySet<string> = new Set<keyof InspectOptions>(["digest", "committed", "signal"]);

/** What one region holds (DESIGN §10). */
export interface RegionInspection {
  readonly regionId: string;
  readonly finding: Finding["kind"];
  /** It is a vote for the state inspected. */
  readonly confirmed: boolean;
  /** What it holds, where it told. */
  readonly digest: string | undefined;
  readonly committed: boolean | undefined;
  readonly error: RegionError | undefined;
}

/** The verdict over what every region holds right now, and how it came about. */
export interface Inspection {
  readonly receiptId: string;
  /** The state that was judged; no digest when no region holds anything comparable. */
  readonly digest: string | undefined;
  readonly committed: boolean;
  readonly verdict: Verdict;
  readonly quorumAchieved: boolean;
  readonly confirmedRegions: number;
  readonly totalRegions: number;
  readonly regions: readonly RegionInspection[];
  readonly policyDigest: string;
}

/** Asks every region, this one by the same rule, and compares contents. Never answered from a cache. */
export async function inspect(engine: Engine, receiptId: string, options: InspectOptions): Promise<Inspection> {
  refuseUnknownOptions(options, INSPECT_OPTIONS);
  const question = await questionFor(engine, receiptId, options);
  const findings = await ask(engine, question, options.signal);
  const digest = question.digest ?? commonestDigest(findings);
  const regions: RegionInspection[] = [];
  const votes = new Map<string, Vote>();
  for (const [regionId, finding] of findings) {
    const region = inspected(regionId, finding, digest);
    regions.push(region);
    votes.set(regionId, region.confirmed ? "confirmed" : "waiting");
    if (region.confirmed) engine.around.receiptLogger?.(lines.receiptVerified(receiptId, regionId));
  }
  const outcome = verdict(engine.around.config.policy, (regionId) => votes.get(regionId) ?? "waiting");
  const confirmedRegions = regions.filter((region) => region.confirmed).length;
  engine.around.receiptLogger?.(lines.quorumVerified(receiptId, confirmedRegions, regions.length));
  return {
    receiptId,
    digest,
    committed: question.committed,
    verdict: outcome,
    quorumAchieved: outcome === "satisfied",
    confirmedRegions,
    totalRegions: regions.length,
    regions,
    policyDigest: engine.policyDigest,
  };
}

async function questionFor(engine: Engine, receiptId: string, options: InspectOptions): Promise<Question> {
  const own = await engine.questions.local({ receiptId, digest: undefined, committed: false });
  const held = own.kind === "same" ? own : undefined;
  const digest = options.digest ?? held?.digest;
  const committed = options.committed ?? (held !== undefined && held.digest === digest ? held.committed : false);
  return { receiptId, digest, committed };
}

async function ask(
  engine: Engine,
  question: Question,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Finding>> {
  signal?.throwIfAborted();
  const { config } = engine.around;
  const asking = signal === undefined ? engine.signal : AbortSignal.any([signal, engine.signal]);
  const local = engine.questions.local(question);
  const remotes = config.regions.map((region) => engine.questions.remote(region, question, asking));
  const findings = await Promise.all([local, ...remotes]);
  signal?.throwIfAborted();
  return new Map(
    engine.regionIds.flatMap((regionId, index) => {
      const finding = findings[index];
      return finding === undefined ? [] : [[regionId, finding] as const];
    }),
  );
}

/** When this region holds nothing, the content that most others hold is the one to judge; of equals the first in order. */
function commonestDigest(findings: ReadonlyMap<string, Finding>): string | undefined {
  const counts = new Map<string, number>();
  for (const finding of findings.values()) {
    if (finding.kind === "same") counts.set(finding.digest, (counts.get(finding.digest) ?? 0) + 1);
  }
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0];
}

function inspected(regionId: string, finding: Finding, digest: string | undefined): RegionInspection {
  switch (finding.kind) {
    case "same": {
      const same = finding.digest === digest;
      const confirmed = same && finding.counts;
      const error =
        finding.reason === undefined ? undefined : regionErrorOf({ kind: "noVote", reason: finding.reason });
      const kind = same ? "same" : "different";
      return { regionId, finding: kind, confirmed, digest: finding.digest, committed: finding.committed, error };
    }
    case "different": {
      const { committed } = finding;
      return { regionId, finding: "different", confirmed: false, digest: finding.digest, committed, error: undefined };
    }
    case "present":
      // A bare yes says nothing about which bytes: beside content that somebody showed it is a vote, alone it is none.
      return bare(regionId, "present", finding.counts && digest !== undefined);
    case "unreachable": {
      const error = regionErrorOf({ kind: "fault", fault: finding.fault });
      return { ...bare(regionId, "unreachable", false), error };
    }
    case "absent":
    case "pruned":
    case "unknown":
      return bare(regionId, finding.kind, false);
  }
}

function bare(regionId: string, finding: Finding["kind"], confirmed: boolean): RegionInspection {
  return { regionId, finding, confirmed, digest: undefined, committed: undefined, error: undefined };
}
