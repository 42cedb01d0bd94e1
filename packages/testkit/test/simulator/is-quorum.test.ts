import { parseConfig, type QuorumInput, verdict } from "@rsync/core";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/seeded-random.ts";
import { blocks, isQuorum } from "../../src/simulator/checkers/is-quorum.ts";
import { drawOptions } from "../../src/simulator/draw-options.ts";
import type { SimulationOptions } from "../../src/simulator/options.ts";
import { configOf, NO_MISTAKE } from "../../src/simulator/process/deployment-config.ts";

function policyOf(options: SimulationOptions) {
  const parsed = parseConfig(configOf(options, "r1", NO_MISTAKE));
  if (parsed.kind === "invalid") throw new Error(JSON.stringify([options.quorum, parsed.problems]));
  return parsed.config.policy;
}

describe("the checkers' own evaluator", () => {
  it("agrees with core's verdict on every set of regions of every drawn rule", () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 500; seed += 1) {
      const options = drawOptions(seed);
      const { voters, quorum } = options;
      kinds.add(kindOf(quorum));
      const policy = policyOf(options);
      for (let set = 0; set < 2 ** voters.length; set += 1) {
        const holders = new Set(
          voters.filter((_, index) => (set & (1 << index)) !== 0).map(({ regionId }) => regionId),
        );
        const confirmed = verdict(policy, (id) => (holders.has(id) ? "confirmed" : "waiting"));
        const refused = verdict(policy, (id) => (holders.has(id) ? "refused" : "waiting"));
        expect([seed, set, isQuorum(options, holders)]).toEqual([seed, set, confirmed === "satisfied"]);
        expect([seed, set, blocks(options, holders)]).toEqual([seed, set, refused === "unreachable"]);
      }
    }
    expect([...kinds].sort()).toEqual(["all", "groups", "majority", "number", "zones"]);
  });

  it("draws configurations that are valid, the same ones for the same seed", () => {
    const random = seededRandom(1);
    for (let index = 0; index < 200; index += 1) {
      const seed = Math.floor(random() * 2 ** 31);
      const options = drawOptions(seed);
      expect(drawOptions(seed)).toEqual(options);
      policyOf(options);
    }
  });
});

function kindOf(quorum: QuorumInput | number): string {
  if (typeof quorum === "number") return "number";
  if (typeof quorum === "string") return quorum;
  return "of" in quorum ? "groups" : "zones";
}
