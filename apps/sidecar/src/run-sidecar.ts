/** Runs a sidecar until a signal or its store ends it. */
import { describeConfigProblems } from "@rsync/core";
import { type ConfigSource, loadConfig } from "./config/load-config.ts";
import type { SidecarConfig } from "./config/sidecar-config.ts";
import { describeFailure } from "./describe-failure.ts";
import { exitCode, exitCodeOfSignal } from "./exit-code.ts";
import { createLogging, type Logging } from "./logging.ts";
import { Sidecar, startingLines } from "./sidecar.ts";

/** Resolves once it runs; ends the process when it has ended. Rejects when it can not start. */
export async function runSidecar(source: ConfigSource, config: SidecarConfig, workerUrl: URL): Promise<void> {
  const logging = createLogging(config.log);
  for (const { level, ...line } of startingLines(config)) {
    (level === "info" ? logging.announce : logging.log)({ level, ...line });
  }
  endOnMistakes(logging);
  // A reload asked for while starting comes after it; without a listener it would end the process.
  const reloads = new ReloadRequests();
  process.on("SIGHUP", reloads.request);
  const sidecar = await Sidecar.start(config, logging, workerUrl);
  endOnSignals(sidecar);
  reloads.serve(() => reload(source, sidecar, logging));
  void sidecar.storeFailed.then(async (error) => {
    logging.announce({ level: "error", message: `The store failed: ${error.message}`, fields: { kind: error.kind } });
    await sidecar.abandon();
    process.exit(exitCode.storeFailed);
  });
}

/** One reload at a time; requests during one ask for one more. */
class ReloadRequests {
  #wanted = false;
  #reload: (() => Promise<void>) | undefined;
  #running = false;

  readonly request = (): void => {
    this.#wanted = true;
    void this.#run();
  };

  serve(reload: () => Promise<void>): void {
    this.#reload = reload;
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running || this.#reload === undefined) return;
    this.#running = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#reload();
    }
    this.#running = false;
  }
}

async function reload(source: ConfigSource, sidecar: Sidecar, { log }: Logging): Promise<void> {
  const loaded = await loadConfig(source);
  if (loaded.kind === "valid") return sidecar.reload(loaded.config);
  const problems = describeConfigProblems(loaded.problems).replaceAll("\n", "; ");
  const message = `The new configuration is refused, the old one stays: ${problems}`;
  log({ level: "error", message, fields: { problems: loaded.problems.length } });
}

function endOnSignals(sidecar: Sidecar): void {
  let draining = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (draining) process.exit(exitCodeOfSignal(signal));
      draining = true;
      void sidecar.drain().then(() => process.exit(exitCode.drained));
    });
  }
}

/** A process in an unknown state must not go on acknowledging. */
function endOnMistakes({ announce }: Logging): void {
  const end = (error: unknown): void => {
    const stack = error instanceof Error ? error.stack : undefined;
    announce({ level: "error", message: `Internal error: ${describeFailure(error)}`, fields: { stack } });
    process.exit(exitCode.internal);
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
}
