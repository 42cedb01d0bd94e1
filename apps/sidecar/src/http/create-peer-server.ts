/** The server for other regions: DESIGN §11 and nothing more. */
import type { Logger } from "@rsync/core";
import { answerPeer, PEER_BODY_BYTES_MAX, type ReceiptReceiver } from "@rsync/node";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { sendAnswer } from "./answer.ts";
import { logUnexpected } from "./log-unexpected.ts";
import { ClientGoneError, readBytes } from "./read-body.ts";
import { peerConnectionsMax, peerServerOptions } from "./server-limits.ts";

export function createPeerServer(receiver: ReceiptReceiver, log: Logger): FastifyInstance {
  const peer = Fastify({
    ...peerServerOptions,
    bodyLimit: PEER_BODY_BYTES_MAX,
    // The protocol routes for itself, by the path as it came: a router would decode it, and refuse what it can not decode.
    rewriteUrl: () => "/",
  });
  peer.server.maxConnections = peerConnectionsMax;
  peer.removeAllContentTypeParsers();
  peer.addContentTypeParser("*", (_request, _payload, done) => done(null));
  const answer = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    answerRequest(receiver, request, reply);
  peer.all("/", answer);
  peer.setNotFoundHandler(answer);
  peer.setErrorHandler((error, request, reply) => {
    if (isBeforeHandler(error)) return answer(request, reply);
    if (error instanceof ClientGoneError) return reply.code(499).send();
    return sendAnswer(reply, logUnexpected(log, `${request.method} ${request.originalUrl}`, error));
  });
  return peer;
}

/** A content-type that is none, a body that is too large: no handler has run, and the protocol says what is wrong. */
function isBeforeHandler(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("FST_ERR_CTP_");
}

async function answerRequest(
  receiver: ReceiptReceiver,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { status, headers, body } = await answerPeer(
    receiver,
    {
      method: request.method,
      path: request.originalUrl.split("?", 1)[0] ?? "",
      header: (name) => {
        const value = request.headers[name];
        return typeof value === "string" ? value : undefined;
      },
      body: (bytesMax) => readBytes(request.raw, bytesMax),
    },
    Date.now,
  );
  return reply.code(status).headers(headers).send(body);
}
