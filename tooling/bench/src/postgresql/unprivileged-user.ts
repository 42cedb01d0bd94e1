import { execFile } from "node:child_process";
import { chown } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Who PostgreSQL runs as, since it refuses root: its own user, or `nobody`. `undefined` when the bench is not root either. */
export async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await named("postgres")) ?? (await named("nobody"));
}

/** Gives a file or folder to that user, where there is one. */
export async function giveTo(user: User | undefined, path: string): Promise<void> {
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

async function named(name: string): Promise<User | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout)),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}
