import { parseArgs } from "node:util";
import { CONTESTANTS, type ContestantName, PEERS } from "./load/contestant.ts";
import { parseShape, type Shape } from "./load/shape.ts";

/** What to measure, and how long. */
export interface BenchOptions {
  /** Seconds that callers submit in each run. */
  readonly seconds: number;
  readonly rounds: number;
  readonly shapes: readonly Shape[];
  readonly only: readonly Part[];
  /** Receipts that a region misses while it is away. */
  readonly backlog: number;
  /** Sizes of the logs to which receipts are added. */
  readonly logGrowth: readonly number[];
  /** Receipts in the large log whose opening is measured. */
  readonly logReceipts: number;
  readonly json: string | undefined;
  /** A run so short that its figures mean nothing. */
  readonly quick: boolean;
}

/** A contestant of the load, or one of the other questions. */
export type Part = ContestantName | (typeof QUESTIONS)[number];

const QUESTIONS = ["wan", "backlog", "startup", "log-growth"] as const;

const PARTS: readonly Part[] = [...CONTESTANTS, ...QUESTIONS];

/** Of a quick run, unless asked for by name. */
const QUICK_PARTS: readonly Part[] = PARTS.filter((part) => !PEERS.some((peer) => peer === part));

const SHAPES = "1,8,64,256,8x100,64v4";
const LOG_GROWTH = "10000,1000000,10000000";
const QUICK_LOG_GROWTH = "1000,10000";
const QUICK_SHAPES = "1,64,4x10,8v4";

export const USAGE = `usage: pnpm bench [--quick] [--only LIST] [--seconds N] [--rounds N] [--shapes ${SHAPES}]
                  [--backlog N] [--log-growth ${LOG_GROWTH}] [--log-receipts N] [--json FILE]

  --quick   proves in less than a minute that everything works; its figures mean nothing
  --only    of ${PARTS.join(", ")}
  --shapes  callers at once; 8x100: each submits batches of 100; 64v4: with random ids`;

/** Throws an error whose message says what is wrong with the arguments; `undefined` when help is asked for. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      seconds: { type: "string" },
      rounds: { type: "string" },
      shapes: { type: "string" },
      only: { type: "string" },
      backlog: { type: "string" },
      "log-growth": { type: "string" },
      "log-receipts": { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { quick } = values;
  return {
    seconds: positive("seconds", values.seconds ?? (quick ? "0.1" : "1")),
    rounds: whole("rounds", values.rounds ?? (quick ? "2" : "15")),
    shapes: (values.shapes ?? (quick ? QUICK_SHAPES : SHAPES)).split(",").map(shape),
    only: values.only?.split(",").map(part) ?? (quick ? QUICK_PARTS : PARTS),
    backlog: whole("backlog", values.backlog ?? (quick ? "2000" : "1000000")),
    logGrowth: (values["log-growth"] ?? (quick ? QUICK_LOG_GROWTH : LOG_GROWTH)).split(",").map(logSize),
    logReceipts: whole("log-receipts", values["log-receipts"] ?? (quick ? "20000" : "1000000")),
    json: values.json,
    quick,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} must be a number above 0, not ${JSON.stringify(text)}`);
}

function whole(name: string, text: string): number {
  const value = positive(name, text);
  if (Number.isSafeInteger(value)) return value;
  throw new Error(`--${name} must be a whole number, not ${JSON.stringify(text)}`);
}

function logSize(text: string): number {
  return whole("log-growth", text);
}

function shape(text: string): Shape {
  const parsed = parseShape(text);
  if (parsed === undefined) throw new Error(`--shapes knows 64, 8x100 and 64v4, not ${JSON.stringify(text)}`);
  return parsed;
}

function part(text: string): Part {
  const found = PARTS.find((name) => name === text);
  if (found === undefined) throw new Error(`--only knows ${PARTS.join(", ")}, not ${JSON.stringify(text)}`);
  return found;
}
