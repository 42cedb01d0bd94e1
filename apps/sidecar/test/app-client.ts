/** The app API as a service uses it. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed; `{}` for what is no JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** `path` begins with a slash. */
export async function call(url: string, path: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get("content-type") ?? "") && text !== "";
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/** Submits JSON text; the query begins with `?`. */
export function submit(url: string, receipt: string, query = ""): Promise<Reply> {
  const headers = { "content-type": "application/json" };
  return call(url, `/api/v1/receipts${query}`, { method: "POST", headers, body: receipt });
}

/** Submits lines and returns each result. */
export async function submitLines(
  url: string,
  lines: readonly string[],
  query = "",
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const headers = { "content-type": "application/x-ndjson" };
  const body = lines.map((line) => `${line}\n`).join("");
  const { text } = await call(url, `/api/v1/receipts${query}`, { method: "POST", headers, body });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export function receiptPath(receiptId: string): string {
  return `/api/v1/receipts/${encodeURIComponent(receiptId)}`;
}
