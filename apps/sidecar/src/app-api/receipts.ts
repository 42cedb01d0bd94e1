/** `/api/v1/receipts`: submit one or many, page through the log. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Answer, problemAnswer, Refusal } from "../http/answer.ts";
import { clientGone } from "../http/client-gone.ts";
import { readBodyInTime } from "../http/read-body.ts";
import { readQuery, readWholeNumber } from "../http/read-query.ts";
import type { Resource } from "../http/resource.ts";
import type { AppContext } from "./app-context.ts";
import { formatRow } from "./format-row.ts";
import { RECEIPT_BYTES_MAX, submitReceipt } from "./submit-receipt.ts";
import { submitStream } from "./submit-stream.ts";
import { readSyncOptions } from "./sync-options.ts";

const PAGE_ROWS_MAX = 1_000;
const PAGE_ROWS_DEFAULT = 100;

export function receiptsResource(context: AppContext): Resource {
  return {
    path: "/api/v1/receipts",
    get: (request, reply) => list(request, reply, context),
    post: async (request, reply) => {
      refuseEncoding(request);
      const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
      const options = readSyncOptions(readQuery(request, ["wait", "timeout"]));
      if (type === "application/json") return submitOne(request, reply, context, options);
      if (type === "application/x-ndjson") return submitStream(request, reply, context, options);
      const detail = `content-type must be application/json for one receipt or application/x-ndjson for many, not ${type === "" ? "missing" : type}`;
      throw new Refusal(problemAnswer(415, "unsupported-media-type", "Unsupported body", detail));
    },
  };
}

async function submitOne(
  request: FastifyRequest,
  reply: FastifyReply,
  { manager, intake }: AppContext,
  options: ReturnType<typeof readSyncOptions>,
): Promise<Answer> {
  const release = intake.admit();
  try {
    const body = await readBodyInTime(request.raw, RECEIPT_BYTES_MAX);
    return await submitReceipt(manager, body, { ...options, signal: clientGone(reply.raw) });
  } finally {
    release();
  }
}

/** Rows in the order of their commit; an upgrade is a row of its own. `next` is the `after` of the next page, null at the end. */
async function list(request: FastifyRequest, reply: FastifyReply, { manager }: AppContext): Promise<FastifyReply> {
  const query = readQuery(request, ["after", "limit"]);
  const after = readWholeNumber("after", query.after, { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
  const limit = readWholeNumber("limit", query.limit, { min: 1, max: PAGE_ROWS_MAX, fallback: PAGE_ROWS_DEFAULT });
  const { rows, next } = await manager.list({ after, limit });
  const body = `{"receipts":[${rows.map(formatRow).join(",")}],"next":${next ?? null}}`;
  return reply.header("content-type", "application/json").send(body);
}

function refuseEncoding(request: FastifyRequest): void {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity") return;
  const detail = `content-encoding ${encoding} is not supported: send it plain`;
  throw new Refusal(problemAnswer(415, "unsupported-media-type", "Unsupported body", detail));
}
