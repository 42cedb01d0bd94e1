import { type ClientHttp2Session, constants } from "node:http2";

const OK = "0";
const PREFIX_BYTES = 5;

/**
 * One unary gRPC call whose reply is of no interest but for its status. Over node:http2 itself: `@grpc/grpc-js` takes about
 * twice the processor time for each call, which on a small machine would be charged to the server.
 */
export function grpcCall(session: ClientHttp2Session, path: string, message: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: "POST",
    [constants.HTTP2_HEADER_PATH]: path,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
    [constants.HTTP2_HEADER_TE]: "trailers",
  });
  let status: string | undefined;
  let text = "";
  const note = (headers: Record<string, unknown>): void => {
    if (headers["grpc-status"] !== undefined) status = String(headers["grpc-status"]);
    if (headers["grpc-message"] !== undefined) text = String(headers["grpc-message"]);
  };
  stream.on("response", note);
  stream.on("trailers", note);
  stream.on("error", reject);
  stream.on("close", () => (status === OK ? resolve() : reject(new Error(`etcd answered ${status}: ${text}`))));
  stream.resume();
  stream.end(framed(message));
  return promise;
}

/** Not compressed, and how long. */
function framed(message: Buffer): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, PREFIX_BYTES);
  return frame;
}
