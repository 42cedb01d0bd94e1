import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { parseDuration } from "@rsync/core";

/** The option that every command has. */
export const jsonOption = () => new Option("--json", "for machines: JSON only");

/** The option of every command that asks a sidecar. */
export const urlOption = () =>
  new Option("--url <url>", "app listener of the sidecar").env("RSYNC_URL").default("http://127.0.0.1:7400");

/** Lines that people copy. */
export function examples(...lines: readonly string[]): string {
  return ["", "Examples:", ...lines.map((line) => `  receipt-sync ${line}`)].join("\n");
}

export function readCount(min: number, max: number): (text: string) => number {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (count >= min && count <= max) return count;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Checked here, sent as it was written. */
export function readDuration(text: string): string {
  const parsed = parseDuration(text);
  if (parsed.kind === "invalid") throw new InvalidArgumentError(`It ${parsed.message}.`);
  return text;
}
