import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** No child outlives the bench, however that ends. */
export function endWithBench(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}
