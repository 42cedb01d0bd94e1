/** `pnpm bench`: what Receipt Sync does in a second, beside what else there is for the purpose. */
import { writeFile } from "node:fs/promises";
import { temporaryFolder } from "./machine/temporary-folder.ts";
import { measure } from "./measure.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { formatReport } from "./report/format-report.ts";

const args = process.argv.slice(2);

function optionsOrUsage(): BenchOptions | undefined {
  try {
    const options = parseOptions(args);
    if (options === undefined) console.log(USAGE);
    return options;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const options = optionsOrUsage();
if (options !== undefined) {
  const command = ["pnpm", "bench", ...args].join(" ");
  const report = await measure(options, command, temporaryFolder(), (line) => console.error(`  ${line}`));
  console.log(formatReport(report));
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  // What failed may have left servers behind; they end with this process.
  if (report.failures.length > 0) process.exit(1);
}
