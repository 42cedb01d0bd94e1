import http from "node:http";
import https from "node:https";
import { CommandError } from "../command-error.ts";
import { ExitCode } from "../exit-code.ts";
import { notASidecar, notReachable } from "./unreachable.ts";

/** What a sidecar answered, read to its end. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Call {
  readonly method: "GET" | "POST";
  /** Below the sidecar's URL, beginning with a slash. */
  readonly path: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** A call that has no answer within this time is given up: the sidecar itself is slow or stuck. */
const ANSWER_MS_MAX = 60_000;
const REPLY_BYTES_MAX = 64 * 1024 * 1024;

/** One sidecar's app API. Connections are kept open between calls and keep no process alive. */
export class SidecarClient {
  readonly url: string;
  readonly #base: URL;
  readonly #protocol: typeof http | typeof https;
  readonly #agent: http.Agent;

  /** Throws {@link CommandError} for what is no http(s) URL. */
  constructor(url: string) {
    const base = URL.canParse(url) ? new URL(url) : undefined;
    if (base === undefined || !/^https?:$/.test(base.protocol)) {
      throw new CommandError(`--url: "${url}" is no http(s) URL, such as http://127.0.0.1:7400`, ExitCode.usage);
    }
    this.#base = base;
    this.url = base.href.replace(/\/$/, "");
    this.#protocol = base.protocol === "https:" ? https : http;
    this.#agent = new this.#protocol.Agent({ keepAlive: true });
  }

  /** Asks and reads the whole answer, whatever its status. Throws {@link CommandError} when there is none. */
  async call(call: Call): Promise<Reply> {
    const timeout = AbortSignal.timeout(ANSWER_MS_MAX);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
    try {
      const request = this.open(call.method, call.path, { "content-type": "application/json" }, signal);
      request.end(call.body);
      const response = await responseOf(request);
      return { status: response.statusCode ?? 0, text: await readText(response) };
    } catch (error) {
      call.signal?.throwIfAborted();
      if (error instanceof CommandError) throw error;
      if (timeout.aborted) throw new CommandError(`${this.url} did not answer within ${ANSWER_MS_MAX / 1000} s`);
      throw notReachable(this.url, error);
    }
  }

  /** Reads JSON of a 2xx answer. Throws {@link CommandError} with the sidecar's own words for any other. */
  async get<Body>(path: string, signal?: AbortSignal): Promise<Body> {
    return bodyOf(this.url, await this.call({ method: "GET", path, ...(signal && { signal }) }));
  }

  /** Begins a request whose body the caller writes. */
  open(
    method: string,
    path: string,
    headers: http.OutgoingHttpHeaders,
    signal: AbortSignal | undefined,
  ): http.ClientRequest {
    const { protocol, hostname, port, pathname } = this.#base;
    const options = { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), port, method, agent: this.#agent };
    const fullPath = pathname.replace(/\/$/, "") + path;
    return this.#protocol.request({ ...options, path: fullPath, headers, ...(signal && { signal }) });
  }
}

/** The head of the answer; rejects when there will be none. */
export function responseOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", reject);
  });
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > REPLY_BYTES_MAX) throw new CommandError(`the answer is larger than ${REPLY_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The JSON of a 2xx answer; throws for any other as {@link SidecarClient.get} does. */
export function bodyOf<Body>(url: string, reply: Reply): Body {
  if (reply.status < 200 || reply.status > 299) throw failedReply(url, reply);
  try {
    return JSON.parse(reply.text) as Body;
  } catch {
    throw notASidecar(url, reply.status);
  }
}

/** An error for an answer that is none of those that a command expects. */
export function failedReply(url: string, reply: Reply): CommandError {
  const problem = problemOf(reply.text);
  if (problem === undefined) return notASidecar(url, reply.status);
  return new CommandError(`${problem} (HTTP ${reply.status} from ${url})`);
}

/** What a problem document (RFC 9457) says in one line; undefined for any other text. */
export function problemOf(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== "object" || problem === null || !("title" in problem)) return undefined;
    const detail = "detail" in problem && typeof problem.detail === "string" ? problem.detail : undefined;
    return detail ?? String(problem.title);
  } catch {
    return undefined;
  }
}
