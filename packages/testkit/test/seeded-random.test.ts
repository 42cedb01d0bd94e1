import { describe, expect, test } from "vitest";
import { seededRandom, seededRandomId } from "../src/index.ts";

describe("seededRandom", () => {
  test("gives the same numbers for the same seed, others for its neighbour", () => {
    const take = (seed: number) => {
      const random = seededRandom(seed);
      return [random(), random(), random()];
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(7)).toEqual([0.48071692395024, 0.17272426839917898, 0.4059670804999769]);
  });

  test("spreads evenly over [0, 1)", () => {
    const random = seededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random();
      expect(value >= 0 && value < 1).toBe(true);
      const tenth = Math.floor(value * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe("seededRandomId", () => {
  test("gives ids of core's form, the same ones for the same seed", () => {
    const [one, other] = [seededRandomId(3), seededRandomId(3)];
    const ids = Array.from({ length: 1000 }, one);
    expect(ids).toEqual(Array.from({ length: 1000 }, other));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
