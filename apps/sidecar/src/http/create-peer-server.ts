/** The server for other regions: DESIGN §11 and nothing more. */
import { answerPeer, PEER_BODY_BYTES_MAX, type ReceiptReceiver } from "@rsync/node";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { readBody } from "./read-body.ts";
import { peerConnectionsMax, peerServerOptions } from "./server-limits.ts";

export function createPeerServer(receiver: ReceiptReceiver): FastifyInstance {
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
  // Before any handler: a content-type that is none. The protocol says what is wrong with it.
  peer.setErrorHandler((_error, request, reply) => answer(request, reply));
  return peer;
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
      body: () => readBody(request.raw, PEER_BODY_BYTES_MAX),
    },
    Date.now,
  );
  return reply.code(status).headers(headers).send(body);
}
