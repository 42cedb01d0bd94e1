import type { IncomingMessage } from "node:http";

/** The body as it came; `undefined` when it is longer than allowed. */
export function readRequestBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  });
  request.on("end", () => resolve(bytes <= bytesMax ? Buffer.concat(chunks) : undefined));
  request.on("error", reject);
  return promise;
}
