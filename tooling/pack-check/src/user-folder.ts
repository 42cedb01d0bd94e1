import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { text } from "node:stream/consumers";

/** What a command said, and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder outside the repository, as somebody has it who knows nothing of us but our packages. */
export class UserFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "receipt-sync-user-")));
  readonly #started = new Set<ChildProcess>();

  constructor() {
    writeFileSync(join(this.path, "package.json"), '{ "name": "user", "private": true, "type": "module" }');
  }

  /** Installs with npm, from tarballs and from the registry. */
  async install(...packages: readonly string[]): Promise<void> {
    const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    const { code, stderr } = await this.run("npm", "install", ...flags, ...packages);
    if (code !== 0) throw new Error(`npm install failed:\n${stderr}`);
  }

  /** Copies what the user wrote: the files of a folder. */
  add(folder: string): void {
    cpSync(folder, this.path, { recursive: true });
  }

  /** The packages that were installed, scoped ones with their scope. */
  installed(): readonly string[] {
    const modules = join(this.path, "node_modules");
    return readdirSync(modules)
      .filter((name) => !name.startsWith("."))
      .flatMap((name) =>
        name.startsWith("@") ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : name,
      )
      .sort();
  }

  spawn(file: string, ...args: readonly string[]) {
    const child = spawn(file, args, { cwd: this.path, env: userEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    this.#started.add(child);
    child.once("exit", () => this.#started.delete(child));
    return child;
  }

  async run(file: string, ...args: readonly string[]): Promise<Finished> {
    const child = this.spawn(file, ...args);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  }

  /** Ends what a failed test left running. */
  remove(): void {
    for (const child of this.#started) child.kill("SIGKILL");
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** This Node as `node`, nothing of the repository, and nothing of the pnpm and the vitest that run the test. */
function userEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(npm_|pnpm_|vitest|node_options$|node_path$|node_env$|init_cwd$|rsync_|test$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const path = folders.filter((folder) => !folder.includes(`${sep}node_modules${sep}.bin`));
  return { ...Object.fromEntries(kept), PATH: [dirname(process.execPath), ...path].join(delimiter) };
}
