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

/** Digits alone are milliseconds. Checked here, sent in the form that the sidecar reads. */
export function readDuration(text: string): string {
  const isMilliseconds = /^\d+$/.test(text);
  const parsed = parseDuration(isMilliseconds ? Number(text) : text);
  if (parsed.kind === "invalid") throw new InvalidArgumentError(`It ${parsed.message}.`);
  return isMilliseconds ? `${text}ms` : text;
}
