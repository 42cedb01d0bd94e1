import { type ClientRequest, request } from "node:http";
import { createInterface } from "node:readline";
import { formatWireReceipt, type Receipt } from "@rsync/core";
import { checkResultLine } from "./app-client.ts";

interface Waiting {
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One long request: receipts go out line by line, results come back in the same order, and any number may be under way. */
export class ReceiptStream {
  readonly #request: ClientRequest;
  readonly #waiting: Waiting[] = [];
  readonly #ended = Promise.withResolvers<void>();

  constructor(appUrl: string) {
    this.#request = request(`${appUrl}/api/v1/receipts`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      agent: false,
    });
    this.#request.on("error", (error) => this.#fail(error));
    this.#request.on("response", (response) => {
      if (response.statusCode !== 200) this.#fail(new Error(`The sidecar answered ${response.statusCode}`));
      createInterface({ input: response }).on("line", (line) => this.#result(line));
      response.on("end", () => this.#ended.resolve());
    });
    this.#ended.promise.catch(() => undefined); // Whoever waits for a result is told.
  }

  /** Resolves when all of them are committed. */
  submit(receipts: readonly Receipt[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ left: receipts.length, resolve, reject });
    this.#request.write(receipts.map((receipt) => `${formatWireReceipt(receipt)}\n`).join(""));
    return promise;
  }

  /** Resolves when the sidecar has ended its side too. */
  async close(): Promise<void> {
    this.#request.end();
    await this.#ended.promise;
  }

  #result(line: string): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#fail(new Error(`The sidecar answered without being asked: ${line}`));
      return;
    }
    try {
      checkResultLine(line);
    } catch (error) {
      first.reject(error);
    }
    first.left -= 1;
    if (first.left > 0) return;
    this.#waiting.shift();
    first.resolve();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#ended.reject(error);
    this.#request.destroy();
  }
}
