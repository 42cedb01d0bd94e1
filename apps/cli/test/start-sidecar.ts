import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sidecarProgram } from "../src/config/run-sidecar-check.ts";

export interface StartedSidecar {
  /** Of its app listener. */
  readonly url: string;
  readonly peerUrl: string;
  readonly kill: () => Promise<void>;
}

export interface SidecarPlace {
  readonly folder: string;
  readonly region: string;
  /** Keys of its configuration beside region, listeners and store. */
  readonly config: object;
  readonly peerPort?: number;
}

/** Starts a real sidecar; resolves when it answers. */
export async function startSidecar({ folder, region, config, peerPort = 0 }: SidecarPlace): Promise<StartedSidecar> {
  const file = join(folder, `${region}.json`);
  const own = {
    region,
    listen: { app: "127.0.0.1:0", peer: `127.0.0.1:${peerPort}` },
    store: `sqlite:${join(folder, `${region}.db`)}`,
    log: { level: "warn" },
  };
  writeFileSync(file, JSON.stringify({ ...own, ...config }));
  const child = spawn(process.execPath, ["--conditions=@rsync/source", sidecarProgram(), "--config", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { app, peer } = await readyLine(child);
  return { url: app, peerUrl: peer, kill: () => kill(child) };
}

function readyLine(child: ChildProcess): Promise<{ readonly app: string; readonly peer: string }> {
  const { stdout } = child;
  if (stdout === null) throw new Error("its output is not piped");
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on("line", (line) => {
      const fields = JSON.parse(line);
      if (fields.msg === "ready") resolve(fields);
    });
    child.once("exit", (code) => reject(new Error(`the sidecar ended with exit code ${code}`)));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
