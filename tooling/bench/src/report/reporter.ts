/** Where the bench says how it goes, while it goes. */
export interface Reporter {
  readonly progress: (line: string) => void;
  /** Something broke; everything else is measured all the same. */
  readonly failed: (what: string, error: unknown) => void;
}

/** What broke. */
export interface Failure {
  readonly what: string;
  readonly message: string;
}
