/** How a run of the command ended, for scripts. `--help` of the command lists them. */
export const ExitCode = {
  /** All committed; yes. */
  ok: 0,
  /** Something went wrong: no sidecar, a bad line, a bad file, a lost receipt. */
  error: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** Not known to be committed yet; no quorum. */
  pending: 3,
  /** Refused by so many regions that it can not commit. */
  refused: 4,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
