/** How the process ends, for whoever supervises it. */
export const exitCode = {
  drained: 0,
  /** Wrong configuration, store locked or damaged. */
  notStarted: 1,
  usage: 2,
  /** The store can acknowledge nothing more: look at the disk, then start again. */
  storeFailed: 3,
  /** A mistake of this program. */
  internal: 4,
  /** A port of `listen` is in use by another program: another port will do, or the same one once that has ended. */
  portInUse: 5,
} as const;

/** The code of a process that a signal ended, as shells count. */
export function exitCodeOfSignal(signal: "SIGTERM" | "SIGINT"): number {
  return 128 + (signal === "SIGTERM" ? 15 : 2);
}
