/** The server for the service and the operator: DESIGN §15's app API. */
import type { Logger } from "@rsync/core";
import Fastify, { type FastifyInstance } from "fastify";
import type { ListenAddress } from "../config/listen-address.ts";
import { problemAnswer, sendAnswer } from "./answer.ts";
import { answerError, internalError } from "./answer-error.ts";
import { logUnexpected } from "./log-unexpected.ts";
import { ClientGoneError } from "./read-body.ts";
import { refuseForeignPages } from "./refuse-foreign-pages.ts";
import { addResource, type Resource } from "./resource.ts";
import { appConnectionsMax, appServerOptions } from "./server-limits.ts";

/** What is left of a body after its answer may take so long to arrive. */
const UNREAD_BODY_MS = 10_000;

/** `listen`: where it will listen, which says under which names requests may ask for it. */
export function createAppServer(resources: readonly Resource[], log: Logger, listen: ListenAddress): FastifyInstance {
  const app = Fastify({
    ...appServerOptions,
    frameworkErrors: (error, _request, reply) => sendAnswer(reply, answerError(error) ?? internalError()),
  });
  app.server.maxConnections = appConnectionsMax;
  // Handlers read bodies themselves: receipts are no plain JSON, and streams must not be buffered.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.addHook("onRequest", async (request) => {
    refuseForeignPages(listen, request.method, request.headers);
  });
  app.addHook("onResponse", async (request) => {
    // Nobody reads the rest of such a body; a client that goes on sending it holds a connection for nothing.
    if (request.raw.complete) return;
    setTimeout(() => request.raw.complete || request.raw.socket.destroy(), UNREAD_BODY_MS).unref();
  });
  app.setErrorHandler((error, request, reply) => {
    const answer = answerError(error);
    if (answer !== undefined) return sendAnswer(reply, answer);
    if (error instanceof ClientGoneError) return reply.code(499).send();
    return sendAnswer(reply, logUnexpected(log, `${request.method} ${request.url}`, error));
  });
  app.setNotFoundHandler((request, reply) => {
    const detail = `There is nothing at ${request.url.split("?", 1)[0]}`;
    return sendAnswer(reply, problemAnswer(404, "unknown-route", "No such route", detail));
  });
  for (const resource of resources) addResource(app, resource);
  return app;
}
