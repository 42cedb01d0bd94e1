/** `receipt-sync config ...`: what its commands take and what `--help` says of them. */
import type { Command } from "@commander-js/extra-typings";
import { configCheck, configExplain, configInit, configSchema } from "../commands/config.ts";
import type { Context } from "../commands/context.ts";
import { parseInitRegions } from "../config/init-config.ts";
import type { ExitCode } from "../exit-code.ts";
import { examples, jsonOption } from "./option-texts.ts";

export function addConfigCommands(config: Command, context: Context, done: (exitCode: ExitCode) => void): void {
  config
    .command("check")
    .description("check a file as the sidecar would: every problem with its path, and what may surprise")
    .argument("<file>", "YAML or JSON")
    .addOption(jsonOption())
    .addHelpText("after", `${examples("config check receipt-sync.yaml")}\n\nExit codes: 0 valid; 1 not valid.`)
    .action(async (file, options) => done(await configCheck(file, options, context)));
  config
    .command("explain")
    .description("say what a file means: which losses block writes, which could lose data, how long is retried")
    .argument("<file>", "YAML or JSON")
    .addOption(jsonOption())
    .addHelpText("after", examples("config explain receipt-sync.yaml"))
    .action(async (file, options) => done(await configExplain(file, options, context)));
  config
    .command("init")
    .description("write a commented file to begin with; never over an existing one")
    .argument("[file]", "where to; - for the standard output", "receipt-sync.yaml")
    .addOption(jsonOption())
    .option("--region <id>", "the region that the file is for", "us-east-1")
    .option("--regions <list>", "the others, as id=url,id=url", parseInitRegions, [
      { regionId: "us-west-1", endpoint: "https://receipts.us-west-1.example.com" },
      { regionId: "eu-west-1", endpoint: "https://receipts.eu-west-1.example.com" },
    ])
    .addHelpText(
      "after",
      examples("config init", "config init west.yaml --region us-west-1 --regions us-east-1=https://east.example.com"),
    )
    .action(async (file, options) => done(await configInit(file, options, context)));
  config
    .command("schema")
    .description("print the JSON Schema of the sidecar's file, for editors")
    .option("--json", "the schema is JSON anyway")
    .addHelpText("after", examples("config schema > receipt-sync.schema.json"))
    .action(async () => done(await configSchema(context)));
}
