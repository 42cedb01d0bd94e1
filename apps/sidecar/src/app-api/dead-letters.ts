/** `/api/v1/dead-letters`: what other regions did not take, and what an operator decides about it. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { jsonAnswer } from "../http/answer.ts";
import { clientGone } from "../http/client-gone.ts";
import { pathSegment } from "../http/path-segment.ts";
import { readBodyInTime } from "../http/read-body.ts";
import { readQuery, readWholeNumber, readWord } from "../http/read-query.ts";
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";
import { readDeadLetterAct } from "./dead-letter-selection.ts";
import { formatRow } from "./format-row.ts";
import { deadLetterMembers, replayedMembers, selectedMembers } from "./snake-case.ts";
import { readSyncOptions } from "./sync-options.ts";

const PAGE_LETTERS_MAX = 1_000;
const PAGE_LETTERS_DEFAULT = 100;
/** More than an id of 256 code points can take, escaped. */
const BODY_BYTES_MAX = 8 * 1_024;

/** Open ones unless the query says otherwise, oldest first. `next` is the `after` of the next page, null at the end. */
export function deadLettersResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/dead-letters",
    get: async (request) => {
      const query = readQuery(request, ["region", "receipt_id", "kind", "status", "store", "after", "limit"]);
      const { letters, next } = await manager.deadLetters({
        regionId: query.region,
        receiptId: query.receipt_id,
        kind: readWord("kind", query.kind, ["refused", "poison"]),
        status: readWord("status", query.status, ["open", "resolved", "discarded", "all"]),
        store: readWord("store", query.store, ["current", "any"]),
        after: readWholeNumber("after", query.after, { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 }),
        limit: readWholeNumber("limit", query.limit, { min: 1, max: PAGE_LETTERS_MAX, fallback: PAGE_LETTERS_DEFAULT }),
      });
      return jsonAnswer(200, { dead_letters: letters.map(deadLetterMembers), next: next ?? null });
    },
  };
}

/** What lies under one id, whatever has become of it, with the receipt itself. */
export function deadLetterResource(context: AppContext): Resource {
  return { path: "/api/v1/dead-letters/:region/:id", get: (request, reply) => show(request, reply, context) };
}

export function discardResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/dead-letters/discard",
    post: async (request) => {
      readQuery(request, []);
      const { selection, dryRun } = readDeadLetterAct(await readBodyInTime(request.raw, BODY_BYTES_MAX));
      return jsonAnswer(200, selectedMembers(await manager.discardDeadLetters(selection, { dryRun })));
    },
  };
}

/** Waits for the answers as long as `timeout` says; 202 while some are still out. */
export function replayResource({ manager }: AppContext): Resource {
  return {
    path: "/api/v1/dead-letters/replay",
    post: async (request, reply) => {
      const { timeout } = readSyncOptions(readQuery(request, ["timeout"]));
      const { selection, dryRun } = readDeadLetterAct(await readBodyInTime(request.raw, BODY_BYTES_MAX));
      const signal = clientGone(reply.raw);
      const replayed = await manager.replayDeadLetters(selection, { dryRun, timeout, signal });
      return jsonAnswer(replayed.waiting > 0 && !dryRun ? 202 : 200, replayedMembers(replayed));
    },
  };
}

async function show(request: FastifyRequest, reply: FastifyReply, { manager }: AppContext): Promise<FastifyReply> {
  readQuery(request, []);
  const buried = await manager.deadLetter(pathSegment(request, 4, "region"), pathSegment(request, 5, "receipt id"));
  const letters = buried.map(({ letter, row, ofCurrentStore }) => {
    const members = { ...deadLetterMembers(letter), of_current_store: ofCurrentStore };
    // As text: a span id may have more digits than a number.
    return `${JSON.stringify(members).slice(0, -1)},"receipt":${formatRow(row)}}`;
  });
  return reply.header("content-type", "application/json").send(`{"dead_letters":[${letters.join(",")}]}`);
}
