/** One path of the app API and what it does for each method; every other method is answered with 405 and what is allowed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Answer, problemAnswer, sendAnswer } from "./answer.ts";

/** Returns its answer, or the reply where it has sent something else than one JSON object. */
type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<Answer | FastifyReply>;

export interface Resource {
  readonly path: string;
  readonly get?: Handler;
  readonly post?: Handler;
}

export function addResource(app: FastifyInstance, { path, get, post }: Resource): void {
  const allowed: string[] = [];
  if (get !== undefined) {
    allowed.push("GET", "HEAD");
    app.route({ method: ["GET", "HEAD"], url: path, handler: (request, reply) => run(get, request, reply) });
  }
  if (post !== undefined) {
    allowed.push("POST");
    app.route({ method: "POST", url: path, handler: (request, reply) => run(post, request, reply) });
  }
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url: path,
    handler: async (request, reply) => {
      const detail = `${path} takes ${allowed.join(", ")}, not ${request.method}`;
      const answer = problemAnswer(405, "method-not-allowed", "Method not allowed", detail);
      return sendAnswer(reply.header("allow", allowed.join(", ")), answer);
    },
  });
}

async function run(handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = await handler(request, reply);
  return "members" in answer ? sendAnswer(reply, answer) : answer;
}
