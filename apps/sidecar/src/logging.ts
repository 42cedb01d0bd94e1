/** Where log lines go: pino, as JSON or in the form of the seeds. */
import type { Logger, LogLine } from "@rsync/core";
import { destination, type Logger as Pino, pino, stdTimeFunctions } from "pino";
import type { OwnConfig } from "./config/sidecar-config.ts";
import { textLine } from "./text-line.ts";

type LogConfig = OwnConfig["log"];

/** What the sidecar writes to standard output. */
export interface Logging {
  /** Lines about regions and life cycle, from the level on that is configured. */
  readonly log: Logger;
  /** Lines about single receipts; `undefined` while nobody wants them, so that they are not even made. */
  readonly logReceipt: () => Logger | undefined;
  /** Start, readiness and end: written whatever the level, because whoever starts the process waits for them. */
  readonly announce: Logger;
  /** Takes a new level at once, and whether receipts are logged. The format stays. */
  readonly reconfigure: (config: LogConfig) => void;
}

export function createLogging(initial: LogConfig): Logging {
  let config = initial;
  const logger = pino(
    {
      level: config.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    config.format === "json" ? standardOutput() : asText(standardOutput()),
  );
  const announcements = logger.child({}, { level: "info" });
  const log = writerTo(logger);
  return {
    log,
    logReceipt: () => (config.receipts || config.level === "debug" ? log : undefined),
    announce: writerTo(announcements),
    reconfigure: (next) => {
      config = next;
      logger.level = next.level;
    },
  };
}

function writerTo(logger: Pino): Logger {
  return ({ level, message, fields }: LogLine) => logger[level](fields, message);
}

/** Synchronous, so that the last line before an end is not lost. */
function standardOutput(): ReturnType<typeof destination> {
  const output = destination({ fd: 1, sync: true });
  // Whoever read our lines may be gone: that is no reason to stop syncing.
  output.on("error", () => undefined);
  return output;
}

function asText(output: ReturnType<typeof destination>): { readonly write: (line: string) => void } {
  return { write: (line) => output.write(textLine(line)) };
}
