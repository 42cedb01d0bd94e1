/** How much a line matters, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One thing worth saying: the sentence for people, the fields for machines. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** Takes a line and returns at once; it must not throw. */
export type Logger = (line: LogLine) => void;
