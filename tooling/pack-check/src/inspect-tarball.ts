import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { Tarball } from "./build-tarballs.ts";

const run = promisify(execFile);

interface Manifest {
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is wrong with a tarball, one line each; nothing when it can be published. */
export async function inspectTarball({ path }: Tarball): Promise<readonly string[]> {
  const [files, manifest, linted] = await Promise.all([listFiles(path), readManifest(path), lint(path)]);
  const typed = JSON.stringify(manifest.exports ?? {}).includes('"types"');
  return [...wrongFiles(files), ...wrongManifest(manifest), ...linted, ...(typed ? await wrongTypes(path) : [])];
}

async function listFiles(tarball: string): Promise<readonly string[]> {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  return stdout
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith("/"))
    .map((line) => line.replace(/^package\//, ""));
}

async function readManifest(tarball: string): Promise<Manifest> {
  const { stdout } = await run("tar", ["-xzOf", tarball, "package/package.json"]);
  return JSON.parse(stdout) as Manifest;
}

function wrongFiles(files: readonly string[]): readonly string[] {
  const missing = ["LICENSE", "README.md"].filter((file) => !files.includes(file)).map((file) => `${file} is missing`);
  const foreign = files.filter((file) => /^(src|test|node_modules)\/|(?<!\.d)\.ts$|^tsconfig/.test(file));
  return [...missing, ...foreign.map((file) => `${file} has no place in a package`)];
}

/** What only this repository can resolve must not leave it. */
function wrongManifest(manifest: Manifest): readonly string[] {
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
  const inward = ranges.filter(([, range]) => /^(workspace|catalog|link|file):/.test(range));
  return [
    ...(JSON.stringify(manifest.exports ?? {}).includes("@rsync/source") ? ["exports lead to sources"] : []),
    ...inward.map(([name, range]) => `${name} is asked for as ${range}`),
  ];
}

async function lint(tarball: string): Promise<readonly string[]> {
  const bytes = await readFile(tarball);
  const pack = { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
  const { messages, pkg } = await publint({ pack, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

async function wrongTypes(tarball: string): Promise<readonly string[]> {
  const require = createRequire(import.meta.url);
  const attw = join(dirname(require.resolve("@arethetypeswrong/cli/package.json")), "dist/index.js");
  try {
    await run(process.execPath, [attw, tarball, "--profile", "esm-only", "--no-color", "--no-emoji"]);
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return [`attw:\n${stdout}${stderr}`];
  }
}
