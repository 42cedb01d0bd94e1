/** Runs a sidecar until a signal or its store ends it. */
import { describeConfigProblems, type ReceiptStore } from "@rsync/core";
import { type ConfigSource, loadConfig } from "./config/load-config.ts";
import type { SidecarConfig } from "./config/sidecar-config.ts";
import { describeFailure } from "./describe-failure.ts";
import { exitCode, exitCodeOfSignal } from "./exit-code.ts";
import { giveBackMemory } from "./give-back-memory.ts";
import * as lines from "./life-lines.ts";
import type { Logging } from "./logging.ts";
import { ReloadRequests } from "./reload-requests.ts";
import { Sidecar } from "./sidecar.ts";

export interface SidecarStart {
  /** Where a reload reads the configuration again. */
  readonly source: ConfigSource;
  readonly config: SidecarConfig;
  readonly logging: Logging;
  /** The store, which may still be opening. */
  readonly opening: Promise<ReceiptStore>;
}

/** Resolves once it runs; ends the process when it has ended. Rejects when it can not start. */
export async function runSidecar({ source, config, logging, opening }: SidecarStart): Promise<void> {
  const end = endWithMistake(logging);
  // A process in an unknown state must not go on acknowledging.
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
  // A reload asked for while starting comes after it; without a listener it would end the process.
  const reloads = new ReloadRequests();
  process.on("SIGHUP", reloads.request);
  const starting = opening.then((store) => Sidecar.start(config, logging, store));
  endOnSignals(starting, end);
  const sidecar = await starting;
  giveBackMemory(logging.log);
  reloads.serve(() => reload(source, sidecar, logging));
  void sidecar.storeFailed.then(async (error) => {
    logging.announce(lines.storeFailed(error.message, error.kind));
    await sidecar.giveUp();
    process.exit(exitCode.storeFailed);
  });
}

async function reload(source: ConfigSource, sidecar: Sidecar, { log }: Logging): Promise<void> {
  const loaded = await loadConfig(source);
  if (loaded.kind === "valid") return sidecar.reload(loaded.config);
  log(lines.reloadRefused(describeConfigProblems(loaded.problems).replaceAll("\n", "; ")));
}

/** A signal while it starts takes effect as soon as it has; where the start fails, that ends the process. */
function endOnSignals(starting: Promise<Sidecar>, endWith: (mistake: unknown) => void): void {
  let draining = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (draining) process.exit(exitCodeOfSignal(signal));
      draining = true;
      starting.then(
        (sidecar) => sidecar.drain().then(() => process.exit(exitCode.drained), endWith),
        () => undefined,
      );
    });
  }
}

/** Tells a mistake of this program, and ends it. */
function endWithMistake({ announce }: Logging): (error: unknown) => void {
  return (error) => {
    announce(lines.internalMistake(describeFailure(error), error instanceof Error ? error.stack : undefined));
    process.exit(exitCode.internal);
  };
}
