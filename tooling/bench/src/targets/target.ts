/** What the project sets out to reach, and what this run says of it. */
export interface Target {
  readonly what: string;
  /** What was asked for. */
  readonly goal: string;
  /** What was found; `undefined` where this run measured too little to say. */
  readonly reading: Reading | undefined;
}

export interface Reading {
  readonly met: boolean;
  /** The figure that decides, with its unit and, for a ratio, what it was compared with. */
  readonly figure: string;
}

/** Of a figure that must not be below the goal. */
export function atLeast(value: number | undefined, goal: number, show: (value: number) => string): Reading | undefined {
  return value === undefined ? undefined : { met: value >= goal, figure: show(value) };
}

/** Of a figure that must not be above the goal. */
export function atMost(value: number | undefined, goal: number, show: (value: number) => string): Reading | undefined {
  return value === undefined ? undefined : { met: value <= goal, figure: show(value) };
}

/** `met: 2.1 x`, `missed: 0.8 x` or `not measured`. */
export function formatVerdict({ reading }: Target): string {
  return reading === undefined ? "not measured" : `${reading.met ? "met" : "missed"}: ${reading.figure}`;
}
