import type { OwnRegionReply, RegionReply } from "../api/sidecar-replies.ts";
import { ExitCode } from "../exit-code.ts";
import { describeDuration } from "../output/describe-duration.ts";
import { syncDisabled } from "../output/sync-disabled.ts";
import { formatTable } from "../output/table.ts";
import { printable, type Terminal } from "../output/terminal.ts";
import { type Context, clientFor, type SidecarOptions } from "./context.ts";

/** `receipt-sync status`: the sidecar's own region, and every other as the sidecar sees it. */
export async function status(options: SidecarOptions, { terminal, signal }: Context): Promise<ExitCode> {
  const client = clientFor(options);
  const [own, reply] = await Promise.all([
    client.get<OwnRegionReply>("/api/v1/region", signal),
    client.get<{ readonly regions: readonly RegionReply[] }>("/api/v1/regions", signal),
  ]);
  if (options.json) {
    terminal.printJson({ own, ...reply });
    return ExitCode.ok;
  }
  terminal.print(describeOwn(own));
  if (reply.regions.length === 0) terminal.print("no other regions are configured");
  else terminal.print(regionTable(terminal, reply.regions));
  return ExitCode.ok;
}

const columns = [
  { head: "region" },
  { head: "available" },
  { head: "failures", align: "right" },
  { head: "last sync" },
  { head: "missing", align: "right" },
  { head: "dead letters", align: "right" },
  { head: "health" },
  { head: "notes" },
] as const;

function regionTable(terminal: Terminal, regions: readonly RegionReply[]): string {
  return formatTable(
    terminal,
    columns,
    regions.map((region) => [
      region.region_id,
      region.is_available ? { text: "yes", style: "green" } : { text: "no", style: "red" },
      region.failure_count,
      describeLastSync(region.last_sync_timestamp),
      region.missing,
      region.dead_letters,
      region.health,
      notesOn(region).join("; "),
    ]),
  );
}

function describeOwn(own: OwnRegionReply): string {
  const facts = [`this region: ${own.region}`, `store ${own.store_id}`];
  if (own.refilling) facts.push("refilling: it does not vote until its store is complete, or the loss is accepted");
  if (!own.sync_enabled) facts.push(syncDisabled);
  return printable(facts.join("; "));
}

function describeLastSync(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "never";
  return `${describeDuration(Math.max(0, Date.now() - seconds * 1_000))} ago`;
}

/** What an operator should know and no column says. */
function notesOn(region: RegionReply): readonly string[] {
  const notes: string[] = [];
  if (region.trouble) notes.push(region.trouble);
  if (region.poison > 0) notes.push(`${region.poison} of the dead letters are poison: tried again every hour`);
  if (region.split) notes.push("split: a replaced store still answers under its name");
  if (region.refilling) notes.push("refilling: its store does not vote until complete, or the loss is accepted");
  if (region.unproven) notes.push("unproven: it has never said how durable its store is");
  if (region.same_policy === false) notes.push("it has another quorum policy than this region");
  if (region.reported_region && region.reported_region !== region.region_id) {
    notes.push(`calls itself ${region.reported_region}`);
  }
  return notes;
}
