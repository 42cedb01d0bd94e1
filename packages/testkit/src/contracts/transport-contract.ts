/** What every transport promises, whatever its wire. Knows nothing of HTTP, so that it can serve others. */
import { afterEach, beforeEach, describe } from "vitest";
import { batches } from "./transport/batch-contract.ts";
import { carrying, introducing } from "./transport/carrying-contract.ts";
import { concurrency } from "./transport/concurrency-contract.ts";
import { aborting, closing, timeouts } from "./transport/ending-contract.ts";
import { linkFailures, regionFailures, repeating } from "./transport/failing-contract.ts";
import { type Stage, setStage } from "./transport/stage.ts";
import type { TransportSite } from "./transport/transport-site.ts";

/**
 * Runs the cases in vitest, under `name`, over transports that `makeSite` makes: a new site for each case. A site takes about
 * twenty lines: `docs/test-your-own-transport.md` of the repository shows one.
 */
export function transportContract(name: string, makeSite: () => TransportSite | Promise<TransportSite>): void {
  describe(name, () => cases(makeSite));
}

function cases(makeSite: () => TransportSite | Promise<TransportSite>): void {
  let stage: Stage | undefined;
  beforeEach(async () => {
    stage = setStage(await makeSite());
  });
  afterEach(() => stage?.clear());
  const current = (): Stage => {
    if (stage === undefined) throw new Error("No case is under way");
    return stage;
  };

  describe("what travels", () => carrying(current));
  describe("who speaks to whom", () => introducing(current));
  describe("several receipts in one request", () => batches(current));
  describe("a region that fails or refuses", () => regionFailures(current));
  describe("a link that fails", () => linkFailures(current));
  describe("asking once, asking again", () => repeating(current));
  describe("many calls at once", () => concurrency(current));
  describe("time (I7)", () => timeouts(current));
  describe("aborting", () => aborting(current));
  describe("closing", () => closing(current));
}
