/** Where on an endpoint each request of the protocol goes. */

/** An endpoint taken apart: what to connect to, and what every path begins with. */
export interface Endpoint {
  readonly origin: string;
  /** Empty, or begins with a slash and does not end with one. */
  readonly pathPrefix: string;
}

/** Undefined where the text is no http(s) URL. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  return { origin: url.origin, pathPrefix: url.pathname.replace(/\/+$/, "") };
}

export function sendPath(endpoint: Endpoint): string {
  return `${endpoint.pathPrefix}/receipt-sync`;
}

export function batchPath(endpoint: Endpoint): string {
  return `${endpoint.pathPrefix}/receipt-sync/batch`;
}

export function regionPath(endpoint: Endpoint): string {
  return `${endpoint.pathPrefix}/api/v1/region`;
}

/** The id is one segment whatever it holds. The path is never parsed as a URL again, which would resolve dots. */
export function receiptPath(endpoint: Endpoint, receiptId: string): string {
  return `${endpoint.pathPrefix}/api/v1/receipts/${encodeSegment(receiptId)}`;
}

/**
 * Dots are letters that `encodeURIComponent` leaves alone, but a segment of one or two of them means a folder to most
 * software on the way; written as `%2E` it reaches every server that routes by the path as sent.
 */
function encodeSegment(text: string): string {
  if (text === "." || text === "..") return text.replaceAll(".", "%2E");
  return encodeURIComponent(text);
}
