import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A published package as its users get it. */
export interface Tarball {
  readonly name: string;
  /** The file that `pnpm pack` wrote. */
  readonly path: string;
}

/**
 * Builds every package that is not private and packs it into `destination`.
 *
 * What has not changed since the last build comes from the build cache.
 */
export async function buildTarballs(root: string, destination: string): Promise<readonly Tarball[]> {
  const pnpm = await pnpmCommand(root);
  await runPnpm(pnpm, root, ["run", "build"]);
  const listed = await runPnpm(pnpm, root, ["list", "--recursive", "--depth=-1", "--json"]);
  const workspaces = JSON.parse(listed) as readonly { readonly name: string; readonly private: boolean }[];
  const published = workspaces.filter((workspace) => !workspace.private);
  return Promise.all(
    published.map(async ({ name }) => {
      const path = join(destination, `${name.replace("@", "").replace("/", "-")}.tgz`);
      await runPnpm(pnpm, root, ["--filter", name, "pack", "--out", path]);
      return { name, path };
    }),
  );
}

/** A program and what comes before its own arguments. */
export type Command = readonly [file: string, ...args: string[]];

/** The pnpm that started us, else the one that the repository names. */
export async function pnpmCommand(root: string): Promise<Command> {
  const { npm_config_user_agent: agent, npm_execpath: path } = process.env;
  if (agent?.startsWith("pnpm/") && path !== undefined) {
    return [path];
  }
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { packageManager: string };
  return ["npx", "--yes", manifest.packageManager];
}

async function runPnpm([file, ...before]: Command, cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(file, [...before, ...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
