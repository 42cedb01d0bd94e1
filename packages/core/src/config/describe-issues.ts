/** zod's issues as problems that say where, what and for which region. */
import type { z } from "zod";
import type { ConfigProblem } from "./config.ts";
import { nearestKey } from "./nearest-key.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What the descriptions need to know of the configuration around an issue. */
export interface IssueContext {
  /** The id of the region at this index, where it is known. */
  readonly regionIdAt: (index: number) => string | undefined;
  /** Keys that may stand in the object at this path, for suggestions. */
  readonly keysAt: (path: Path) => readonly string[];
}

/** One problem per issue, one per unknown key; a union that does not fit is told by its best-fitting branch. */
export function describeIssues(issues: readonly Issue[], context: IssueContext, base: Path = []): ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => problemAt([...path, key], unknownKeyMessage(key, context.keysAt(path)), context));
    }
    const branch = issue.code === "invalid_union" ? bestBranch(issue.errors) : undefined;
    return branch === undefined ? [problemAt(path, issue.message, context)] : describeIssues(branch, context, path);
  });
}

/** `regions[1].endpoint`. Keys that are no plain name are quoted. */
function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** Every problem inside a region names it; where the name itself is wrong there is none to tell. */
function problemAt(path: Path, message: string, { regionIdAt }: IssueContext): ConfigProblem {
  const [list, index, key] = path;
  const regionId = list === "regions" && typeof index === "number" && key !== undefined ? regionIdAt(index) : undefined;
  return { path: formatPath(path), message: regionId === undefined ? message : `${message} for region ${regionId}` };
}

function unknownKeyMessage(key: string, known: readonly string[]): string {
  const meant = nearestKey(key, known);
  const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
  return `Unknown key ${JSON.stringify(key)} (${hint})`;
}

/** The branch of the right type with the fewest complaints; none when the value's own type fits no branch. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter((issues) => issues.every((issue) => issue.path.length > 0 || !isTypeIssue(issue)));
  return fitting.reduce<readonly Issue[] | undefined>(
    (best, issues) => (best === undefined || countComplaints(issues) < countComplaints(best) ? issues : best),
    undefined,
  );
}

/** Each unknown key is one, as each is reported by itself. */
function countComplaints(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

function isTypeIssue(issue: Issue): boolean {
  if (issue.code === "invalid_union") return bestBranch(issue.errors) === undefined;
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}
