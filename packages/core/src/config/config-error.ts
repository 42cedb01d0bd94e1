/** A configuration that cannot be used, for callers that prefer exceptions. */
import type { ConfigProblem } from "./config.ts";

/**
 * Thrown by the fluent builders' `validate()`. `message` is the one problem's own message, or all of them line by line
 * with their paths; `problems` holds them for programs.
 */
export class ConfigError extends Error {
  readonly kind = "config";
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(describeConfigProblems(problems));
    this.problems = problems;
  }
}

/** The problems as text: one message alone, or a line `path: message` for each of several. */
export function describeConfigProblems(problems: readonly ConfigProblem[]): string {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) return first.message;
  return problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n");
}
