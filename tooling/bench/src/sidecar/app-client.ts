import { formatWireReceipt } from "@rsync/core";
import { Pool } from "undici";
import type { LoadTarget } from "../load/closed-loop.ts";

const CONNECTIONS_MAX = 64;

/** A service that submits to the sidecar beside it, over the app API. */
export class AppClient implements LoadTarget {
  readonly #pool: Pool;
  readonly submit: LoadTarget["submit"];
  readonly missing: LoadTarget["missing"];

  constructor(appUrl: string) {
    const pool = new Pool(appUrl, { connections: CONNECTIONS_MAX });
    this.#pool = pool;
    this.submit = async (receipt) => {
      const { statusCode, body } = await pool.request({
        method: "POST",
        path: "/api/v1/receipts",
        headers: { "content-type": "application/json" },
        body: formatWireReceipt(receipt),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`The sidecar answered ${statusCode}: ${text}`);
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
