import type { Config } from "@rsync/core";
import { InvalidOptionsError } from "./errors.ts";
import type { IntakeLimits } from "./intake.ts";
import type { LaneLimits, ManagerParts } from "./parts.ts";

/** With none in the queue every receipt is read from the log when its turn comes; any other limit of zero would end delivery. */
const MAY_BE_ZERO: ReadonlySet<string> = new Set<keyof LaneLimits>(["queuedReceiptsMax", "queuedBytesMax"]);

/** What no configuration can say, before anything is begun with it. Throws {@link InvalidOptionsError}, which names the part. */
export function checkParts({ region }: Config, parts: ManagerParts): void {
  // From JavaScript they may be anything.
  const { store }: Partial<ManagerParts> = parts ?? {};
  if (store === undefined || store === null) {
    throw new InvalidOptionsError("store", 'must be given, such as await sqliteStore("receipts.db", { regionId })');
  }
  const { regionId } = store.introduction();
  if (regionId !== region) {
    const advice = `open it with regionId ${JSON.stringify(region)}, or configure the region that it is of`;
    throw new InvalidOptionsError("store", `is the log of region ${regionId}, not of ${region}: ${advice}`);
  }
  checkNumbers("laneLimits", parts.laneLimits);
  const { whenFull, ...intake }: Partial<IntakeLimits> = parts.intakeLimits ?? {};
  checkNumbers("intakeLimits", intake);
  if (whenFull !== undefined && whenFull !== "reject" && whenFull !== "wait") {
    throw new InvalidOptionsError(
      "intakeLimits.whenFull",
      `must be "reject" or "wait", not ${JSON.stringify(whenFull)}`,
    );
  }
}

function checkNumbers(part: string, limits: Readonly<Record<string, unknown>> | undefined): void {
  for (const [name, value] of Object.entries(limits ?? {})) {
    const least = MAY_BE_ZERO.has(name) ? 0 : 1;
    if (value === undefined || (typeof value === "number" && value >= least)) continue;
    throw new InvalidOptionsError(`${part}.${name}`, `must be a number of at least ${least}, not ${String(value)}`);
  }
}
