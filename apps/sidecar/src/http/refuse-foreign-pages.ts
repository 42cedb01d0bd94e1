/**
 * May this request act here? Nothing authenticates on loopback, so a page that a browser on this machine shows must not.
 *
 * A page of another origin names it in `Origin`. One whose own name was made to lead to this machine (DNS rebinding) has our
 * address as its origin, and betrays itself by the name in `Host`, which pages can not choose.
 */
import type { IncomingHttpHeaders } from "node:http";
import { isLoopback, type ListenAddress } from "../config/listen-address.ts";
import { problemAnswer, Refusal } from "./answer.ts";

const loopbackNames = ["127.0.0.1", "[::1]", "localhost"];
const hostForm = /^(\[[\da-f:.]+\]|[^:[\]@/\\]+)(?::\d{1,5})?$/i;

/** Throws a {@link Refusal} where such a page is, or may be, the one that asks. */
export function refuseForeignPages(listen: ListenAddress, method: string, headers: IncomingHttpHeaders): void {
  if (isLoopback(listen)) refuseOtherHost(listen, headers.host);
  if (method !== "GET" && method !== "HEAD") refuseOtherOrigin(headers);
}

/** For reading too: a page would see the answers as its own. */
function refuseOtherHost(listen: ListenAddress, host: string | undefined): void {
  const names = [...loopbackNames, listen.host.includes(":") ? `[${listen.host}]` : listen.host];
  const name = hostForm.exec(host ?? "")?.[1]?.toLowerCase();
  if (name !== undefined && names.includes(name)) return;
  const said = host === undefined ? "It names none" : `It names ${host}`;
  const detail = `The Host of a request must be ${[...new Set(names)].join(", ")}, with any port. ${said}`;
  throw new Refusal(problemAnswer(403, "invalid-request", "Other host", detail));
}

function refuseOtherOrigin({ origin, host }: IncomingHttpHeaders): void {
  if (origin === undefined) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new Refusal(problemAnswer(403, "invalid-request", "Other origin", `Pages of ${origin} may not act here`));
}
