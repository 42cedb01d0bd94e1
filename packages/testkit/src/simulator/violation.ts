/** What a checker found. Ends the run. */
export interface Violation {
  readonly checker: string;
  readonly detail: string;
  readonly atMs: number;
}
