/** Do the contracts serve somebody outside this repository, who has the packed packages, a transport and a store of their own? */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pnpmCommand, type Tarball } from "./build-tarballs.ts";
import { typeErrors } from "./type-check.ts";
import { UserFolder } from "./user-folder.ts";

/** What that author wrote: the examples of the documentation. */
const examples = ["packages/testkit/test/own-transport", "packages/testkit/test/own-store"];

/** What of vitest's JSON report is looked at. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** What went wrong, one line each; nothing where every case of every contract passed. */
export async function contractProblems(root: string, tarballs: readonly Tarball[]): Promise<readonly string[]> {
  const author = new UserFolder();
  try {
    for (const example of examples) author.add(join(root, example));
    const uninstalled = await install(author, root, tarballs);
    if (uninstalled !== undefined) return [uninstalled];
    const tests = readdirSync(author.path).filter((file) => file.endsWith(".test.ts"));
    const mistyped = await typeErrors(author, tests, ["node"]);
    return [...mistyped, ...(await failedCases(author, tests))];
  } finally {
    author.remove();
  }
}

/** With pnpm, from the registry and, for what is ours, from the tarballs, wherever it is asked for. */
async function install(author: UserFolder, root: string, tarballs: readonly Tarball[]): Promise<string | undefined> {
  const vitest: { readonly version: string } = createRequire(import.meta.url)("vitest/package.json");
  const ours = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  const dependencies = { "@rsync/core": "*", "@rsync/testkit": "*", vitest: vitest.version };
  writeFileSync(
    join(author.path, "package.json"),
    JSON.stringify({ name: "own-parts", private: true, type: "module", dependencies }),
  );
  // JSON is YAML too.
  writeFileSync(join(author.path, "pnpm-workspace.yaml"), JSON.stringify({ overrides: ours }));
  const [file, ...before] = await pnpmCommand(root);
  const { code, stdout, stderr } = await author.run(file, ...before, "install", "--prefer-offline");
  return code === 0 ? undefined : `pnpm install failed:\n${stdout}${stderr}`;
}

async function failedCases(author: UserFolder, tests: readonly string[]): Promise<readonly string[]> {
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const output = join(author.path, "report.json");
  const flags = ["--reporter=json", `--outputFile=${output}`];
  const { code, stdout, stderr } = await author.run(process.execPath, vitest, "run", ...flags);
  const report = reportIn(output);
  if (report === undefined) return [`vitest gave no report (exit code ${code}):\n${stdout}${stderr}`];
  const failed = report.testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message === "" ? [] : [`${name}: ${message}`]),
    ...assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages = [] }) => `${fullName}: ${failureMessages.join("\n")}`),
  ]);
  const unrun = report.testResults.length === tests.length && report.numPassedTests > 0 ? [] : ["A file was not run"];
  const unexplained = code === 0 || failed.length > 0 ? [] : [`vitest ended with exit code ${code}:\n${stderr}`];
  return [...failed, ...unrun, ...unexplained];
}

function reportIn(file: string): Report | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
