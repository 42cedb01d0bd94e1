import { type Measured, rate } from "../load/run-rounds.ts";
import { bestPeer, type Column, medianRatio } from "./ratio.ts";
import { atLeast, atMost, type Target } from "./target.ts";

/** What is asked of throughput and waiting on loopback, each a ratio within the same rounds. */
export function loadTargets(measured: readonly Measured[]): readonly Target[] {
  const times = (ours: Column, theirs: Column, goal: number, what: string, goalText: string): Target => ({
    what,
    goal: goalText,
    reading: atLeast(medianRatio(measured, ours, theirs, rate), goal, (ratio) => `${ratio.toFixed(2)} x`),
  });
  const timesBest = (shape: string, goal: number, what: string): Target => {
    const peer = bestPeer(measured, shape);
    const ratio = peer && medianRatio(measured, ["in-process", shape], [peer, shape], rate);
    const reading = atLeast(ratio, goal, (value) => `${value.toFixed(2)} x ${peer}`);
    return { what, goal: `at least ${goal} x the best peer`, reading };
  };
  const p50 = medianRatio(measured, ["in-process", "1"], ["postgresql", "1"], (run) => run.p50Ms);
  return [
    timesBest("64", 1.8, "in-process, 64 callers"),
    timesBest("256", 1.8, "in-process, 256 callers"),
    timesBest("8x100", 1, "in-process, 8 callers, batches of 100"),
    {
      what: "in-process, 1 caller, p50",
      goal: "at most 1.5 x postgresql's",
      reading: atMost(p50, 1.5, (ratio) => `${ratio.toFixed(2)} x`),
    },
    times(["sidecar", "64"], ["etcd", "64"], 2, "sidecar, 64 callers", "at least 2 x etcd"),
    times(["sidecar", "64"], ["postgresql", "64"], 1.5, "sidecar, 64 callers", "at least 1.5 x postgresql"),
    times(
      ["sidecar-stream", "8x100"],
      ["sidecar", "64"],
      3,
      "sidecar, NDJSON streams, 8 callers with 100 lines each",
      "at least 3 x single requests of 64 callers",
    ),
  ];
}
