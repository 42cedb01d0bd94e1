import { formatWireReceipt, type Receipt } from "@rsync/core";
import { Pool } from "undici";
import type { LoadTarget } from "../load/closed-loop.ts";

const CONNECTIONS_MAX = 64;

/** A service that submits to the sidecar beside it, over the app API: one request for each of its calls. */
export class AppClient implements LoadTarget {
  readonly #pool: Pool;
  readonly submit: LoadTarget["submit"];
  readonly missing: LoadTarget["missing"];

  constructor(appUrl: string) {
    const pool = new Pool(appUrl, { connections: CONNECTIONS_MAX });
    this.#pool = pool;
    this.submit = ([only, ...others]) => {
      if (only === undefined) return Promise.resolve();
      return others.length === 0 ? submitOne(pool, only) : submitMany(pool, [only, ...others]);
    };
    this.missing = async () => {
      const { body } = await pool.request({ method: "GET", path: "/api/v1/regions" });
      const { regions } = (await body.json()) as { readonly regions: readonly { readonly missing: number }[] };
      return Math.max(...regions.map(({ missing }) => missing));
    };
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

async function submitOne(pool: Pool, receipt: Receipt): Promise<void> {
  const { statusCode, text } = await post(pool, "application/json", formatWireReceipt(receipt));
  if (statusCode !== 200) throw new Error(`The sidecar answered ${statusCode}: ${text}`);
}

async function submitMany(pool: Pool, receipts: readonly Receipt[]): Promise<void> {
  const { statusCode, text } = await post(
    pool,
    "application/x-ndjson",
    receipts.map((receipt) => formatWireReceipt(receipt)).join("\n"),
  );
  const results = text.split("\n").slice(0, -1);
  if (statusCode !== 200 || results.length !== receipts.length) {
    throw new Error(`The sidecar answered ${statusCode}: ${text}`);
  }
  for (const result of results) checkResultLine(result);
}

/** By `dispatch`, since `request` makes a stream of each answer, and what the client takes is charged to the sidecar. */
function post(
  pool: Pool,
  contentType: string,
  body: string,
): Promise<{ readonly statusCode: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly statusCode: number; readonly text: string }>();
  const chunks: Buffer[] = [];
  let status = 0;
  pool.dispatch(
    { method: "POST", path: "/api/v1/receipts", headers: { "content-type": contentType }, body },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseData: (_controller, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => resolve({ statusCode: status, text: Buffer.concat(chunks).toString() }),
      onResponseError: (_controller, error) => reject(error),
    },
  );
  return promise;
}

/** Throws unless a result line of the app API says that its receipt is committed. */
export function checkResultLine(line: string): void {
  const { status, outcome } = JSON.parse(line) as { readonly status: number; readonly outcome?: string };
  if (status !== 200 || outcome !== "committed") throw new Error(`The sidecar answered: ${line}`);
}
