import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { SidecarClient } from "../api/sidecar-client.ts";
import { CommandError } from "../command-error.ts";
import { environmentWithoutKeys, sidecarProgram } from "../config/run-sidecar-check.ts";
import { type DemoRegionId, demoConfig, type PeerPorts } from "./demo-config.ts";
import type { DemoWorkspace } from "./demo-workspace.ts";

const START_MS_MAX = 60_000;

/** The exit code by which a sidecar says that another program has its port. */
const SIDECAR_PORT_IN_USE = 5;

/** Why a region did not start. `portTaken`: somebody was faster; another port will do. */
export class StartError extends CommandError {
  readonly portTaken: boolean;

  constructor(regionId: string, said: string, exitCode: number | null = null) {
    super(`region ${regionId} did not start: ${said}`);
    this.portTaken = exitCode === SIDECAR_PORT_IN_USE;
  }
}

/** One region: a real sidecar process with a log on disk. */
export class DemoRegion {
  readonly regionId: DemoRegionId;
  readonly #workspace: DemoWorkspace;
  #child: ChildProcess | undefined;
  #client: SidecarClient | undefined;

  constructor(regionId: DemoRegionId, workspace: DemoWorkspace) {
    this.regionId = regionId;
    this.#workspace = workspace;
  }

  get client(): SidecarClient {
    if (this.#client === undefined) throw new Error(`region ${this.regionId} is not running`);
    return this.#client;
  }

  async writeConfig(ports: PeerPorts): Promise<void> {
    const config = demoConfig(this.regionId, ports, this.#workspace.path(`${this.regionId}.db`));
    await writeFile(this.#configPath, JSON.stringify(config, undefined, 2));
  }

  /** Resolves when it answers. Rejects with {@link StartError}. */
  async start(): Promise<void> {
    const child = this.#workspace.adopt(() => {
      // A process group of its own: a Ctrl-C at the terminal is for the demo, which then ends the regions.
      const args = [...process.execArgv, sidecarProgram(), "--config", this.#configPath];
      return spawn(process.execPath, args, {
        stdio: ["ignore", "pipe", "pipe"],
        env: environmentWithoutKeys(),
        detached: true,
      });
    });
    this.#child = child;
    const output = new OutputTail(child);
    this.#client = new SidecarClient(await readyUrl(this.regionId, child, output));
    child.once("exit", (code, signal) => {
      if (this.#child !== child) return; // killed, as wanted
      const said = output.after(`region ${this.regionId} ended with ${signal ?? `exit code ${code}`}`);
      this.#workspace.fail(new CommandError(said));
    });
  }

  /** The end that a power cut makes: no goodbye, no last write. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#client = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  get #configPath(): string {
    return this.#workspace.path(`${this.regionId}.json`);
  }
}

/** The last lines that a process said. It reads on until the end, so that output never blocks the process. */
class OutputTail {
  readonly #lines: string[] = [];
  onLine: (line: string) => void = () => {};

  constructor({ stdout, stderr }: ChildProcess) {
    for (const stream of [stdout, stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        this.#lines.push(line);
        if (this.#lines.length > 10) this.#lines.shift();
        this.onLine(line);
      });
    }
  }

  /** What happened, and below it what the process said before. */
  after(what: string): string {
    return [what, ...this.#lines].join("\n  ");
  }
}

/** Waits for the line in which a sidecar says where it listens. */
function readyUrl(regionId: string, child: ChildProcess, output: OutputTail): Promise<string> {
  return new Promise((resolve, reject) => {
    output.onLine = (line) => {
      const url = appUrlIn(line);
      if (url !== undefined) resolve(url);
    };
    const fail = (why: string, exitCode: number | null = null): void =>
      reject(new StartError(regionId, output.after(why), exitCode));
    setTimeout(() => fail(`it was not ready within ${START_MS_MAX / 1_000} s`), START_MS_MAX).unref();
    child.once("error", (error) => fail(error.message));
    child.once("close", (code, signal) => fail(`it ended with ${signal ?? `exit code ${code}`}`, code));
  });
}

function appUrlIn(line: string): string | undefined {
  if (!line.startsWith("{") || !line.includes('"ready"')) return undefined;
  const { msg, app }: { readonly msg?: unknown; readonly app?: unknown } = JSON.parse(line);
  return msg === "ready" && typeof app === "string" ? app : undefined;
}
