import type { ConfigProblem } from "@rsync/core";

const prefix = "receipt-sidecar: ";
/** `regions[0].timeout: Timeout must be > 0` */
const pathBefore = /^([\w$-]+(?:\.[\w$-]+|\[\d+\])*): (.+)$/s;
/** Messages that name their path themselves: `listen.peer is ...`, `Unknown key "stroe" (...)`. */
const pathInside = /^(?:Unknown key "([^"]+)"|([a-z]\w*(?:\.\w+|\[\d+\])*) (?:must|is) )/;

/** The problems that a sidecar told when it refused its configuration: one a line, or several lines of one. */
export function problemsIn(told: string): readonly ConfigProblem[] {
  return told
    .split(/^receipt-sidecar: /m)
    .slice(told.includes(prefix) ? 1 : 0)
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map(readProblem);
}

function readProblem(text: string): ConfigProblem {
  const before = pathBefore.exec(text);
  if (before !== null) return { path: before[1] ?? "", message: before[2] ?? "" };
  const inside = pathInside.exec(text);
  return { path: inside?.[1] ?? inside?.[2] ?? "", message: text };
}
