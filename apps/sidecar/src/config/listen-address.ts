/** Where a listener binds, and whether only this machine can reach it. */
import { isIP } from "node:net";

export interface ListenAddress {
  /** A name or an address; an IPv6 address without its brackets. */
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

export type ParsedListenAddress =
  | { readonly kind: "parsed"; readonly address: ListenAddress }
  | { readonly kind: "invalid"; readonly message: string };

const portMax = 65_535;
const form = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/;

/** Reads `host:port`, `[::1]:7400`. */
export function parseListenAddress(text: unknown): ParsedListenAddress {
  const parts = typeof text === "string" ? form.exec(text) : null;
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  if (host === undefined || port > portMax || (parts?.[1] !== undefined && isIP(host) !== 6)) {
    return { kind: "invalid", message: 'must be host:port, such as "127.0.0.1:7400" or "[::1]:7400"' };
  }
  // "localhost" may be two addresses, and with port 0 two ports: one listener has one address.
  return { kind: "parsed", address: { host: host === "localhost" ? "127.0.0.1" : host, port } };
}

/** Whether only this machine reaches it. Of a name that would have to be looked up nobody knows. */
export function isLoopback({ host }: ListenAddress): boolean {
  return host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** `host:port`, as it was written. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
