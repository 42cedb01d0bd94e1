/** `/api/v1/receipts/{id}`: what this region holds, and `/quorum`: what all of them hold. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Answer, jsonAnswer, problemAnswer, Refusal } from "../http/answer.ts";
import { invalidRequest } from "../http/answer-error.ts";
import { clientGone } from "../http/client-gone.ts";
import { pathSegment } from "../http/path-segment.ts";
import { readQuery } from "../http/read-query.ts";
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";
import { formatRow } from "./format-row.ts";
import { inspectionMembers } from "./snake-case.ts";
import { syncAnswer } from "./submit-receipt.ts";
import { readSyncOptions } from "./sync-options.ts";

export function receiptResource(context: AppContext): Resource {
  return { path: "/api/v1/receipts/:id", get: (request, reply) => read(request, reply, context) };
}

export function quorumResource(context: AppContext): Resource {
  return { path: "/api/v1/receipts/:id/quorum", get: (request, reply) => quorum(request, reply, context) };
}

async function read(
  request: FastifyRequest,
  reply: FastifyReply,
  { manager }: AppContext,
): Promise<Answer | FastifyReply> {
  readQuery(request, []);
  const receiptId = receiptIdOf(request);
  const row = await manager.get(receiptId);
  if (row === undefined) {
    const detail = `Region ${manager.config.region} holds no receipt ${receiptId}`;
    return problemAnswer(404, "not-found", "No such receipt", detail, { receipt_id: receiptId });
  }
  const etag = `"${row.record.digest}-${row.record.committed ? 1 : 0}"`;
  reply.header("etag", etag);
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  return reply.header("content-type", "application/json").send(formatRow(row));
}

/**
 * Without `wait`: asks every region now and compares (DESIGN §10), 200 whatever comes out. With `wait`: resumes the wait of a
 * submission, also after a restart (§7), answered as the submission is.
 */
async function quorum(request: FastifyRequest, reply: FastifyReply, { manager, intake }: AppContext): Promise<Answer> {
  const { digest, committed, ...wait } = readQuery(request, ["digest", "committed", "wait", "timeout"]);
  const receiptId = receiptIdOf(request);
  const state = { digest: readDigest(digest), committed: readCommitted(committed), signal: clientGone(reply.raw) };
  if (wait.wait === undefined && wait.timeout !== undefined) {
    throw new Refusal(invalidRequest("timeout belongs to wait: without it every region is asked once"));
  }
  const release = intake.admit();
  try {
    if (wait.wait !== undefined) {
      return syncAnswer(await manager.awaitQuorum(receiptId, { ...state, ...readSyncOptions(wait) }));
    }
    const members = inspectionMembers(await manager.inspect(receiptId, state));
    const syncEnabled = manager.config.crossRegionSyncEnabled;
    // As verifyQuorum and the seeds: with sync disabled nobody else is asked to hold it.
    const quorumAchieved = syncEnabled ? members["quorum_achieved"] : true;
    return jsonAnswer(200, { ...members, quorum_achieved: quorumAchieved, sync_enabled: syncEnabled });
  } finally {
    release();
  }
}

function receiptIdOf(request: FastifyRequest): string {
  return pathSegment(request, 4, "receipt id");
}

function readDigest(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  throw new Refusal(invalidRequest("digest must be 64 lower-case hex digits"));
}

function readCommitted(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw new Refusal(invalidRequest("committed must be true or false"));
}
