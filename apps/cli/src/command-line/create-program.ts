/** The command line: which commands there are, what they take, and what `--help` says of them. */
import { Command, Option } from "@commander-js/extra-typings";
import manifest from "../../package.json" with { type: "json" };
import { acceptLoss } from "../commands/accept-loss.ts";
import type { Context } from "../commands/context.ts";
import { demo } from "../commands/demo.ts";
import { get } from "../commands/get.ts";
import { health } from "../commands/health.ts";
import { list } from "../commands/list.ts";
import { status } from "../commands/status.ts";
import { sync } from "../commands/sync.ts";
import { verify } from "../commands/verify.ts";
import type { ExitCode } from "../exit-code.ts";
import { addConfigCommands } from "./config-commands.ts";
import { addDeadLetterCommands } from "./dead-letter-commands.ts";
import { examples, jsonOption, readCount, readDuration, urlOption } from "./option-texts.ts";

const exitCodes = `
Exit codes: 0 all committed, or yes; 1 error; 2 wrong usage; 3 pending, or no quorum; 4 refused.`;

/** Each command hands its exit code to `done`. */
export function createProgram(context: Context, done: (exitCode: ExitCode) => void): Command {
  const program = new Command("receipt-sync")
    .description("Sync receipts to a quorum of regions through a sidecar, and see that they are there.")
    .version(manifest.version, "-v, --version")
    .showSuggestionAfterError()
    .helpCommand(false)
    .exitOverride()
    .addHelpText("after", exitCodes);
  addDemo(program, context, done);
  addSync(program, context, done);
  addReads(program, context, done);
  addOverviews(program, context, done);
  addAcceptLoss(program, context, done);
  const letters = program.command("dead-letters").description("see and decide about what other regions did not take");
  addDeadLetterCommands(letters, context, done);
  const config = program.command("config").description("check, explain and begin configuration files");
  addConfigCommands(config, context, done);
  return program as unknown as Command;
}

type Done = (exitCode: ExitCode) => void;

function addDemo(program: Command, context: Context, done: Done): void {
  program
    .command("demo")
    .description("three regions on this machine, one of them killed and brought back")
    .addOption(jsonOption())
    .addHelpText("after", examples("demo", "demo --json | tail -n 1"))
    .action(async (options) => done(await demo(options, context)));
}

function addSync(program: Command, context: Context, done: Done): void {
  program
    .command("sync")
    .description("sync every receipt of a file: NDJSON or a JSON array, of any size")
    .argument("<file>", "the file, or - for the standard input")
    .addOption(jsonOption())
    .addOption(urlOption())
    .addOption(new Option("--wait <what>", "what to wait for").choices(["quorum", "all", "none"] as const))
    .option(
      "--timeout <duration>",
      'how long to wait for one receipt at most, such as "5s"; digits alone are milliseconds',
      readDuration,
    )
    .option("--dry-run", "check every receipt and send none")
    .option("--in-flight <count>", "receipts that may wait for their results at once", readCount(1, 10_000), 256)
    .addHelpText(
      "after",
      examples("sync receipts.ndjson", "sync receipts.json --wait all --timeout 10s", "sync - < receipts.ndjson"),
    )
    .addHelpText("after", "\nBad lines are reported by their number and skipped; the exit code is then 1.")
    .action(async (file, options) => done(await sync(file, options, context)));
}

function addReads(program: Command, context: Context, done: Done): void {
  program
    .command("verify")
    .description("ask every region whether a quorum holds a receipt now, contents compared")
    .argument("[ids...]", "receipt ids")
    .addOption(jsonOption())
    .addOption(urlOption())
    .option("--file <file>", "one id a line; - for the standard input")
    .addHelpText("after", examples("verify rec-123 rec-124", "verify --file ids.txt --json"))
    .action(async (ids, options) => done(await verify(ids, options, context)));
  program
    .command("get")
    .description("print a receipt that the sidecar's region holds")
    .argument("<id>", "receipt id")
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText("after", examples("get rec-123", "get rec-123 --json"))
    .action(async (id, options) => done(await get(id, options, context)));
  program
    .command("list")
    .description("list the receipts of the sidecar's region, in the order of its log")
    .addOption(jsonOption())
    .addOption(urlOption())
    .option("--after <position>", "begin behind this position of the log", readCount(0, Number.MAX_SAFE_INTEGER), 0)
    .option("--limit <count>", "receipts to list", readCount(1, Number.MAX_SAFE_INTEGER), 100)
    .option("--all", "list to the end of the log")
    .addHelpText("after", examples("list --limit 20", "list --all --json > receipts.ndjson"))
    .action(async (options) => done(await list(options, context)));
}

function addOverviews(program: Command, context: Context, done: Done): void {
  const commands = [
    ["status", "show this region, and every other: availability, failures, what it is missing", status],
    ["health", "tell whether a receipt could commit now; exit code 3 if not", health],
  ] as const;
  for (const [name, description, run] of commands) {
    program
      .command(name)
      .description(description)
      .addOption(jsonOption())
      .addOption(urlOption())
      .addHelpText("after", examples(name, `${name} --url http://127.0.0.1:7400 --json`))
      .action(async (options) => done(await run(options, context)));
  }
}

function addAcceptLoss(program: Command, context: Context, done: Done): void {
  program
    .command("accept-loss")
    .description("let a replaced or restored store vote again, although an earlier one held more")
    .addOption(jsonOption())
    .addOption(urlOption())
    .option("--store-id <id>", "accept it for this store only, as `status` names it; for another: exit code 1")
    .addHelpText("after", examples("accept-loss", "accept-loss --store-id 5T6M8F1gdFjRMymKk59sGw"))
    .addHelpText(
      "after",
      "\nWhat only the earlier store held, and no other region, is then gone for good; what others hold still comes back, but not under ids\nunder which this store holds other content by now: the others have those receipts in their dead letters for this region.",
    )
    .action(async (options) => done(await acceptLoss(options, context)));
}
