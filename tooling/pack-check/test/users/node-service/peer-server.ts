import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

type FetchHandler = (request: Request) => Promise<Response>;

/** A server of loopback whose handler may come later, because its manager must know the ports of all regions first. */
export class PeerServer implements AsyncDisposable {
  handler: FetchHandler = async () => new Response(null, { status: 503 });
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** Where other regions reach it. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
    const body = method === "GET" ? {} : { body: Readable.toWeb(request), duplex: "half" as const };
    const answer = await this.handler(new Request(new URL(url, "http://region"), { method, headers, ...body }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  }
}
