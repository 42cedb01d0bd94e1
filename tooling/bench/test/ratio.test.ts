import { expect, test } from "vitest";
import type { ContestantName } from "../src/load/contestant.ts";
import { type Measured, rate } from "../src/load/run-rounds.ts";
import { parseShape } from "../src/load/shape.ts";
import { bestPeer, medianRatio } from "../src/targets/ratio.ts";

function run(contestant: ContestantName, text: string, round: number, receipts: number): Measured {
  const shape = parseShape(text);
  if (shape === undefined) throw new Error(`${text} is no shape`);
  return { contestant, shape, round, receipts, tookMs: 1000, p50Ms: 1, p99Ms: 1, noticed: undefined };
}

test("a ratio is the median of those within each round", () => {
  const measured = [
    run("in-process", "64", 1, 200),
    run("etcd", "64", 1, 100),
    run("in-process", "64", 2, 30),
    run("etcd", "64", 2, 10),
    run("in-process", "64", 3, 5000),
    run("etcd", "64", 3, 1000),
  ];
  expect(medianRatio(measured, ["in-process", "64"], ["etcd", "64"], rate)).toBe(3);
});

test("two shapes can be compared, and a shape is not taken for another one", () => {
  const measured = [
    run("sidecar-stream", "8x100", 1, 900),
    run("sidecar-stream", "8", 1, 1),
    run("sidecar", "64", 1, 300),
    run("sidecar", "64v4", 1, 1),
  ];
  expect(medianRatio(measured, ["sidecar-stream", "8x100"], ["sidecar", "64"], rate)).toBe(3);
});

test("without the other side there is no ratio", () => {
  expect(medianRatio([run("in-process", "64", 1, 9)], ["in-process", "64"], ["etcd", "64"], rate)).toBeUndefined();
});

test("the best peer is the one with the highest median in the shape, never one of ours", () => {
  const measured = [
    run("in-process", "64", 1, 9000),
    run("redis", "64", 1, 5),
    run("redis", "64", 2, 6),
    run("redis", "64", 3, 8000),
    run("nats", "64", 1, 7),
    run("nats", "64", 2, 7),
    run("nats", "64", 3, 7),
    run("etcd", "8", 1, 9000),
  ];
  expect(bestPeer(measured, "64")).toBe("nats");
  expect(bestPeer(measured, "256")).toBeUndefined();
});
