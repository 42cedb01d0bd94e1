/** Everything the app API offers (DESIGN §15). */
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";
import { deadLetterResource, deadLettersResource, discardResource, replayResource } from "./dead-letters.ts";
import { acceptLossResource } from "./operations.ts";
import { livezResource, readyzResource } from "./probes.ts";
import { quorumResource, receiptResource } from "./receipt.ts";
import { receiptsResource } from "./receipts.ts";
import { healthResource, regionResource, regionsResource } from "./regions.ts";

export function appResources(context: AppContext): readonly Resource[] {
  return [
    receiptsResource(context),
    receiptResource(context),
    quorumResource(context),
    regionsResource(context),
    regionResource(context),
    healthResource(context),
    deadLettersResource(context),
    deadLetterResource(context),
    replayResource(context),
    discardResource(context),
    acceptLossResource(context),
    livezResource(),
    readyzResource(context),
  ];
}
