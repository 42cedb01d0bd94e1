/** A bug that somebody could have written. Planted only in the simulator's own process, when a source is loaded. */
export interface Mutant {
  readonly name: string;
  /** Source below the repository. */
  readonly file: string;
  /** Stands there exactly once; else the mutant is an error, so that none goes stale unseen. */
  readonly find: string;
  readonly replace: string;
}
