import * as report from "../demo/demo-report.ts";
import { demoExitCode } from "../demo/demo-result.ts";
import { DemoWorkspace } from "../demo/demo-workspace.ts";
import { type DemoRun, runDemo } from "../demo/run-demo.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Context, OutputOptions } from "./context.ts";

/** `receipt-sync demo`. Whatever ends it, its processes and files are gone when it returns. */
export async function demo(
  options: OutputOptions,
  { terminal, signal }: Context,
  hooks: Pick<DemoRun, "beforeVerification"> = {},
): Promise<ExitCode> {
  const begunMs = performance.now();
  const tell = (text: string): void => (options.json ? terminal.note(text) : terminal.print(text));
  const workspace = new DemoWorkspace();
  try {
    const running = runDemo({ terminal, workspace, tell, ...hooks }).catch(async (error: unknown) => {
      // A lost connection is often a process that ended: its own words say more, and come a moment later.
      await Promise.race([workspace.failure, new Promise((resolve) => setTimeout(resolve, 200))]);
      throw error;
    });
    const result = await Promise.race([running, workspace.failure, aborted(signal)]);
    if (!options.json) {
      terminal.print(report.summary(terminal, result));
      await workspace.remove();
      terminal.print(report.whatNext(performance.now() - begunMs, commandName()));
    } else {
      await workspace.remove();
      terminal.printJson(result);
    }
    return demoExitCode(result);
  } finally {
    await workspace.remove();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}

/** How whoever reads this starts the command: in a checkout through pnpm. */
function commandName(): string {
  const pnpm = /^pnpm\/(\S+)/.exec(process.env["npm_config_user_agent"] ?? "")?.[1];
  const inCheckout = import.meta.url.endsWith(".ts") && pnpm !== undefined;
  return inCheckout ? `npx --yes pnpm@${pnpm} cli` : "receipt-sync";
}
