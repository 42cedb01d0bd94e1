import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endWithBench } from "../regions/end-with-bench.ts";
import { freePort } from "../regions/free-port.ts";
import { type RegionAddress, strictly } from "../regions/region-names.ts";

export interface SidecarPlan {
  readonly regionId: string;
  readonly storePath: string;
  /** 0 for any. */
  readonly peerPort: number;
  /** None means that sync is off. */
  readonly others: readonly RegionAddress[];
}

export interface RunningSidecar {
  readonly pid: number;
  /** Where its app API is. */
  readonly appUrl: string;
  /** From the start of the process to the line that says it is ready. */
  readonly readyMs: number;
  /** Drains and ends it; rejects when it ends with anything but 0. */
  readonly stop: () => Promise<void>;
}

/** Starts a sidecar as its users do, and waits until it says that it is ready. */
export async function startSidecar({ regionId, storePath, peerPort, others }: SidecarPlan): Promise<RunningSidecar> {
  const appPort = await freePort();
  const config = {
    region: regionId,
    ...(others.length === 0 ? {} : { crossRegionSyncEnabled: true, regions: others.map(strictly), quorumThreshold: 2 }),
    listen: { app: `127.0.0.1:${appPort}`, peer: `127.0.0.1:${peerPort}` },
    store: `sqlite:${storePath}`,
  };
  const configFile = `${storePath}.config.json`;
  await writeFile(configFile, JSON.stringify(config));
  const program = fileURLToPath(import.meta.resolve("@rsync/sidecar/main"));
  const beganMs = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, program, "--config", configFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  endWithBench(child);
  const exited = once(child, "exit");
  const said = readyLine([child.stdout, child.stderr]);
  await Promise.race([said.ready, exited.then(() => failWith(said.lines))]);
  const readyMs = performance.now() - beganMs;
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const [code] = await exited;
    if (code !== 0) failWith(said.lines);
  };
  return { pid: child.pid ?? 0, appUrl: `http://127.0.0.1:${appPort}`, readyMs, stop };
}

const LINES_KEPT = 50;

function readyLine(streams: readonly NodeJS.ReadableStream[]): {
  readonly ready: Promise<void>;
  readonly lines: readonly string[];
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  const lines: string[] = [];
  for (const input of streams) {
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      if (/\bready\b/i.test(line)) resolve();
    });
  }
  return { ready: promise, lines };
}

function failWith(lines: readonly string[]): never {
  throw new Error(`A sidecar did not do as it should:\n${lines.join("\n")}`);
}
