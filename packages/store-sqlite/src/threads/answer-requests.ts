import type { MessagePort } from "node:worker_threads";
import type { StoreProblem } from "../file/store-problem.ts";
import { type Answer, type Envelope, NOTICE } from "./messages.ts";

/** How a worker thread deals with what it is asked. */
export interface RequestHandler<Request, Reply> {
  /** The reply; throwing answers with `problemOf` what was thrown. */
  readonly handle: (request: Request) => Reply;
  readonly problemOf: (error: unknown) => StoreProblem;
  /** Work that nobody waits for, done once the reply is on its way; throwing is told as a notice. */
  readonly afterwards?: () => void;
  readonly isLast: (request: Request) => boolean;
}

/** Answers every request that comes in, in order, until the last one; then lets the thread end. */
export function answerRequests<Request, Reply>(port: MessagePort, handler: RequestHandler<Request, Reply>): void {
  const post = (answer: Answer<Reply>) => port.postMessage(answer);
  port.on("message", ({ number, request }: Envelope<Request>) => {
    try {
      post({ number, reply: handler.handle(request) });
    } catch (error) {
      post({ number, problem: handler.problemOf(error) });
    }
    if (handler.isLast(request)) {
      port.close();
      return;
    }
    try {
      handler.afterwards?.();
    } catch (error) {
      post({ number: NOTICE, problem: handler.problemOf(error) });
    }
  });
}
