/** What the demo tells people, step by step: plain letters, so that it reads the same in every terminal and log. */
import { describeDuration } from "../output/describe-duration.ts";
import { formatTable } from "../output/table.ts";
import type { Terminal } from "../output/terminal.ts";
import type { DemoResult } from "./demo-result.ts";
import type { SyncedPhase } from "./sync-phase.ts";
import type { Verification } from "./verify-all.ts";

export const introduction = `Receipt Sync demo: three regions on this machine, each a real process with its own log on disk.
A receipt is committed when 2 of the 3 regions have it on disk.
`;

export function firstSync(phase: SyncedPhase): string {
  return `1  All three regions are up.

      receipts --> us-east-1 ------> us-west-1
                        \\----------> eu-west-1

   ${number(phase.receipts)} receipts from a file: ${describePhase(phase)}.
`;
}

export function syncWithoutOne(phase: SyncedPhase, missing: number): string {
  return `2  eu-west-1 is killed (kill -9).

      receipts --> us-east-1 ------> us-west-1
                        \\---- x      (eu-west-1)

   ${number(phase.receipts)} more receipts: ${describePhase(phase)}, by the two regions that are left.
   eu-west-1 is missing ${number(missing)}.
`;
}

export function caughtUp(seen: readonly number[], durationMs: number): string {
  const last = seen.at(-1) ?? 0;
  const end = last === 0 ? "nothing is missing any more" : `${number(last)} are still missing`;
  return `3  eu-west-1 is started again, with the log that it had.

      receipts --> us-east-1 ------> us-west-1
                        \\=========> eu-west-1

   missing: ${sample(seen).map(number).join(" .. ")}; ${end}, ${describeDuration(durationMs)} after it was back.
`;
}

export function verified({ held, heldByAll, lost }: Verification, durationMs: number): string {
  const total = held + lost.length;
  return `4  Every region is asked for every receipt, and the contents are compared (${describeDuration(durationMs)}).

   ${number(held)} of ${number(total)} are held by a quorum, ${number(heldByAll)} by all three regions. Lost: ${number(lost.length)}.
`;
}

export function summary(terminal: Terminal, result: DemoResult): string {
  const right = "right" as const;
  const regions = formatTable(
    terminal,
    [{ head: "region" }, { head: "receipts", align: right }, { head: "missing", align: right }],
    result.regions.map(({ region, receipts, missing }) => [region, number(receipts), number(missing)]),
  );
  const { committed, pending, refused, lost } = result;
  const verdict = `committed ${number(committed)}   pending ${pending}   refused ${refused}   lost ${lost}`;
  return `${indented(regions)}

   ${terminal.style(lost === 0 ? "green" : "red", verdict)}
   committed within ${result.p50_ms} ms (half of them), ${result.p99_ms} ms (99 of 100)
`;
}

export function whatNext(durationMs: number, command: string): string {
  return `All of it took ${describeDuration(durationMs)}; the regions and their files are removed again.

Try next:
   ${command} config init   a configuration of your own, explained line by line
   ${command} --help        sync, verify and list receipts
   ${"README.md".padEnd(`${command} config init`.length)}   four ways to use Receipt Sync
`;
}

function describePhase({ committed, receipts, durationMs }: SyncedPhase): string {
  const count = committed === receipts ? "all committed" : `${number(committed)} committed`;
  return `${count} in ${describeDuration(durationMs)}`;
}

/** At most six of the numbers, the first and the last among them, without repetitions. */
function sample(seen: readonly number[]): readonly number[] {
  const different = seen.filter((value, index) => value !== seen[index - 1]);
  const step = Math.max(1, Math.ceil((different.length - 1) / 5));
  return different.filter((_, index) => index % step === 0 || index === different.length - 1);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `   ${line}`)
    .join("\n");
}
