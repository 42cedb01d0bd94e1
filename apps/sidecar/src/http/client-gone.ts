import type { ServerResponse } from "node:http";
import { ClientGoneError } from "./read-body.ts";

/** Aborted when whoever waits for this response is gone: waiting for them ends, delivery does not (I2). */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new ClientGoneError());
  });
  return controller.signal;
}
