import { type Config, parseConfig } from "../../src/index.ts";

/** What an input resolves to that must be valid. */
export function valid(input: unknown): Config {
  const parsed = parseConfig(input);
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}
