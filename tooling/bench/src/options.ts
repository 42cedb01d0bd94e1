import { parseArgs } from "node:util";
import type { ContestantName } from "./load/contestant.ts";

/** What to measure, and how long. */
export interface BenchOptions {
  /** Seconds that callers submit in each run. */
  readonly seconds: number;
  readonly rounds: number;
  readonly callers: readonly number[];
  readonly only: readonly Part[];
  /** Receipts in the large log whose opening is measured. */
  readonly logReceipts: number;
  readonly json: string | undefined;
}

/** A contestant of the load, or the opening of logs. */
type Part = ContestantName | "startup";

const PARTS: readonly Part[] = ["by-hand", "in-process", "sidecar", "startup"];

export const USAGE = `usage: pnpm bench [--quick] [--seconds N] [--rounds N] [--callers 1,8,64] [--only ${PARTS.join(",")}]
                  [--log-receipts N] [--json FILE]

  --quick  proves in about 20 s that everything runs; its figures mean nothing`;

/** Throws an error whose message says what is wrong with the arguments; `undefined` when help is asked for. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      seconds: { type: "string" },
      rounds: { type: "string" },
      callers: { type: "string", default: "1,8,64" },
      only: { type: "string", default: PARTS.join(",") },
      "log-receipts": { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { quick } = values;
  return {
    seconds: positive("seconds", values.seconds ?? (quick ? "0.2" : "1")),
    rounds: whole("rounds", values.rounds ?? (quick ? "2" : "15")),
    callers: values.callers.split(",").map((callers) => whole("callers", callers)),
    only: values.only.split(",").map(part),
    logReceipts: whole("log-receipts", values["log-receipts"] ?? (quick ? "20000" : "1000000")),
    json: values.json,
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

function part(text: string): Part {
  const found = PARTS.find((name) => name === text);
  if (found === undefined) throw new Error(`--only knows ${PARTS.join(", ")}, not ${JSON.stringify(text)}`);
  return found;
}
