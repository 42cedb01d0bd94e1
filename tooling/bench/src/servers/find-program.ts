import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Found } from "../load/contestant.ts";

const run = promisify(execFile);

/** Where Debian keeps programs that are no commands of users. */
const FOLDERS_BESIDE_PATH = ["/usr/sbin", "/usr/local/sbin"];
const POSTGRESQL_VERSIONS = "/usr/lib/postgresql";

/** The full path of a program, from PATH, from where Debian keeps servers, or from the newest PostgreSQL. */
async function findProgram(name: string): Promise<string | undefined> {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of [...onPath, ...FOLDERS_BESIDE_PATH, ...(await postgresqlFolders())]) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** The same where the program has been found before. */
export async function requireProgram(name: string): Promise<string> {
  const path = await findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

/** What a server says of its version, reduced to the number, and what an acknowledgement of that version stands on. */
export async function findServer(name: string, durabilityOf: (version: string) => string): Promise<Found> {
  const path = await findProgram(name);
  if (path === undefined) return { kind: "missing", reason: `${name} is not installed` };
  const { stdout } = await run(path, ["--version"]);
  const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim();
  return { kind: "found", version, durability: durabilityOf(version) };
}

/** Newest first. */
async function postgresqlFolders(): Promise<readonly string[]> {
  const versions = await readdir(POSTGRESQL_VERSIONS).catch(() => []);
  return versions
    .toSorted((left, right) => Number(right) - Number(left))
    .map((version) => join(POSTGRESQL_VERSIONS, version, "bin"));
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The version of a server that has been found before. */
export async function requireVersion(name: string): Promise<string> {
  const found = await findServer(name, () => "");
  if (found.kind === "missing") throw new Error(found.reason);
  return found.version;
}
