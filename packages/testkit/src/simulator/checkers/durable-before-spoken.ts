/** I3: nothing leaves a region about a receipt, a position or an opening that its disk does not hold durably. */
import type { Checker, Observation, WorldView } from "../observation.ts";

export function durableBeforeSpoken(): Checker {
  return { name: "durable-before-spoken", observe };
}

function observe(observation: Observation, world: WorldView): string | undefined {
  if (observation.kind !== "spoke") return undefined;
  const { regionId, introduction, holds, refuses } = observation;
  const disk = world.disk(regionId);
  const unheld = holds.find((state) => !disk.held(state));
  if (unheld !== undefined) {
    return `${regionId} said that it holds ${unheld.receiptId}, which is not durable on its disk`;
  }
  const baseless = refuses.find((state) => !disk.everHeldOther(state));
  if (baseless !== undefined) {
    return `${regionId} refused ${baseless.receiptId} for other content, which is not durable on its disk`;
  }
  return introductionProblem(introduction, regionId, world);
}

function introductionProblem(
  { regionId: name, store }: Extract<Observation, { kind: "spoke" }>["introduction"],
  regionId: string,
  world: WorldView,
): string | undefined {
  const durable = world.durable(regionId);
  if (name !== regionId) return `${regionId} introduced itself as ${name}`;
  if (!durable.epochs.includes(store.epoch)) return `${regionId} spoke in an opening whose row is not durable`;
  if (store.position > durable.introduction.store.position) {
    return `${regionId} told position ${store.position}; durable are ${durable.introduction.store.position}`;
  }
  return undefined;
}
