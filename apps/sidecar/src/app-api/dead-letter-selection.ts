/** Which dead letters does a request mean? The body of `replay` and `discard`. */
import { nearestKey } from "@rsync/core";
import type { DeadLetterSelection } from "@rsync/node";
import { Refusal } from "../http/answer.ts";
import { invalidRequest } from "../http/answer-error.ts";
import { jsonObject } from "../http/json-object.ts";
import type { Body } from "../http/read-body.ts";

export interface RequestedAct {
  readonly selection: DeadLetterSelection;
  readonly dryRun: boolean;
}

const FORMS =
  'The body must be {"region":"...","receipt_id":"..."}, {"all":true} or {"since":"2025-11-16T12:00:00Z"}, the last two ' +
  'with "region" and "kind" where wanted, each with "dry_run" where wanted';

const MEMBERS = ["region", "receipt_id", "digest", "committed", "all", "since", "kind", "dry_run"];

type Members = Readonly<Record<string, unknown>>;

/** Throws a {@link Refusal} for what is none: an act on all of them is never what a slip of the pen says. */
export function readDeadLetterAct(body: Body): RequestedAct {
  const members = jsonObject(body);
  if (members === undefined) throw refusal(FORMS);
  for (const name of Object.keys(members)) if (!MEMBERS.includes(name)) throw refusal(unknownMember(name));
  return { selection: selectionOf(members), dryRun: readFlag(members, "dry_run") ?? false };
}

function selectionOf(members: Members): DeadLetterSelection {
  const regionId = readText(members, "region");
  const receiptId = readText(members, "receipt_id");
  const digest = readText(members, "digest");
  const committed = readFlag(members, "committed");
  const since = readText(members, "since");
  const all = readFlag(members, "all") ?? false;
  const letterKind = readKind(members);
  if ([receiptId !== undefined, since !== undefined, all].filter(Boolean).length !== 1) throw refusal(FORMS);
  if (receiptId !== undefined) {
    if (regionId === undefined) throw refusal("receipt_id needs region beside it");
    if (letterKind !== undefined) throw refusal("kind goes with all or since, not with receipt_id");
    return { kind: "one", regionId, receiptId, digest, committed };
  }
  if (digest !== undefined || committed !== undefined) throw refusal("digest and committed go with receipt_id only");
  return since === undefined ? { kind: "all", regionId, letterKind } : { kind: "since", since, regionId, letterKind };
}

function readText(members: Members, name: string): string | undefined {
  const value = members[name];
  if (value === undefined || typeof value === "string") return value;
  throw refusal(`${name} must be a string`);
}

function readFlag(members: Members, name: string): boolean | undefined {
  const value = members[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw refusal(`${name} must be true or false`);
}

function readKind(members: Members): "refused" | "poison" | undefined {
  const { kind } = members;
  if (kind === undefined || kind === "refused" || kind === "poison") return kind;
  throw refusal("kind must be refused or poison");
}

function unknownMember(name: string): string {
  const meant = nearestKey(name, MEMBERS);
  const hint = meant === undefined ? `known are ${MEMBERS.join(", ")}` : `did you mean ${meant}?`;
  return `Unknown member ${JSON.stringify(name.slice(0, 80))} (${hint})`;
}

function refusal(detail: string): Refusal {
  return new Refusal(invalidRequest(detail));
}
