/** `receipt-sync dead-letters ...`: what its commands take and what `--help` says of them. */
import { type Command, Option } from "@commander-js/extra-typings";
import type { Context } from "../commands/context.ts";
import { actOnLetters } from "../commands/dead-letters/act.ts";
import { listLetters } from "../commands/dead-letters/list.ts";
import { showLetters } from "../commands/dead-letters/show.ts";
import type { ExitCode } from "../exit-code.ts";
import { examples, jsonOption, readCount, readDuration, urlOption } from "./option-texts.ts";

type Done = (exitCode: ExitCode) => void;

const regionOption = () => new Option("--region <id>", "those of this region only");
const kindOption = () =>
  new Option("--kind <kind>", "refused by the region, or poison: it keeps failing").choices([
    "refused",
    "poison",
  ] as const);

const receiptText = "one receipt; needs --region";
const sinceText = "those that were last buried at this RFC 3339 time or later";
const allText = "every open one, of the region or of all regions";

export function addDeadLetterCommands(letters: Command, context: Context, done: Done): void {
  addList(letters, context, done);
  letters
    .command("show")
    .description("show why a receipt lies there, and the receipt itself")
    .addOption(jsonOption())
    .addOption(urlOption())
    .addOption(regionOption())
    .requiredOption("--receipt <id>", "the receipt")
    .addHelpText("after", examples("dead-letters show --receipt rec-123"))
    .action(async (options) => done(await showLetters(options, context)));
  addReplay(letters, context, done);
  addDiscard(letters, context, done);
}

function addReplay(letters: Command, context: Context, done: Done): void {
  letters
    .command("replay")
    .description("send dead letters once more, and tell which their regions take now")
    .addOption(jsonOption())
    .addOption(urlOption())
    .addOption(regionOption())
    .option("--receipt <id>", receiptText)
    .option("--since <time>", sinceText)
    .option("--all", allText)
    .addOption(kindOption())
    .option("--timeout <duration>", 'how long to wait for the answers at most, such as "5s"', readDuration)
    .option("--dry-run", "only tell which")
    .addHelpText(
      "after",
      examples(
        "dead-letters replay --region eu-west-1 --receipt rec-123",
        "dead-letters replay --all --kind poison --dry-run",
      ),
    )
    .addHelpText("after", "\nExit codes: 0 all resolved; 3 not all answered yet; 4 refused again.")
    .action(async (options) => done(await actOnLetters("replay", options, context)));
}

function addDiscard(letters: Command, context: Context, done: Done): void {
  letters
    .command("discard")
    .description("give dead letters up: they are marked, never deleted, and a refusal stays one")
    .addOption(jsonOption())
    .addOption(urlOption())
    .addOption(regionOption())
    .option("--receipt <id>", receiptText)
    .option("--since <time>", sinceText)
    .option("--all", allText)
    .addOption(kindOption())
    .option("--dry-run", "only tell which")
    .addHelpText(
      "after",
      examples(
        "dead-letters discard --region eu-west-1 --receipt rec-123",
        "dead-letters discard --region eu-west-1 --since 2025-11-16T12:00:00Z --dry-run",
        "dead-letters discard --all --kind poison",
      ),
    )
    .action(async (options) => done(await actOnLetters("discard", options, context)));
}

function addList(letters: Command, context: Context, done: Done): void {
  letters
    .command("list", { isDefault: true })
    .description("list what other regions did not take, oldest first; also what `dead-letters` alone does")
    .addOption(jsonOption())
    .addOption(urlOption())
    .addOption(regionOption())
    .option("--receipt <id>", "those of this receipt only")
    .addOption(kindOption())
    .addOption(
      new Option("--status <status>", "what has become of them")
        .choices(["open", "resolved", "discarded", "all"] as const)
        .default("open" as const),
    )
    .option("--any-store", "also those of stores that were replaced")
    .option("--after <number>", "begin behind this one", readCount(0, Number.MAX_SAFE_INTEGER), 0)
    .option("--limit <count>", "dead letters to list", readCount(1, Number.MAX_SAFE_INTEGER), 100)
    .option("--all", "list to the end")
    .addHelpText("after", examples("dead-letters list", "dead-letters list --region eu-west-1 --status all --json"))
    .action(async (options) => done(await listLetters(options, context)));
}
