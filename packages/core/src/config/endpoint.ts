/** Is this an address that a region can be reached at, and what is its one normal form? */

/**
 * The part of the WHATWG `URL` that is needed. Every runtime that we support has it as a global, but the language's own
 * types do not name it; this declaration stays inside this file and clashes with nobody's.
 */
declare const URL: new (
  text: string,
) => {
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly hostname: string;
  readonly host: string;
  readonly port: string;
  readonly pathname: string;
};

/** A usable endpoint, or why it is none. `message` names the endpoint as the thing that is wrong. */
export type ParsedEndpoint =
  | {
      readonly kind: "parsed";
      /** Lower-case scheme and host, no default port, path prefix without trailing slash. */
      readonly endpoint: string;
      /** Host without port; IPv6 in brackets. */
      readonly hostname: string;
      /** Host with the port, where it is not the scheme's default. */
      readonly host: string;
    }
  | { readonly kind: "invalid"; readonly message: string };

/**
 * Reads an http(s) URL. Refused: empty, other schemes, white space, credentials (secrets come from files or the
 * environment), query and fragment (paths are appended to the endpoint, so neither could survive).
 */
export function parseEndpoint(text: string): ParsedEndpoint {
  if (text === "") return invalid("Endpoint cannot be empty");
  if (/[\s\p{Cc}\\]/u.test(text))
    return invalid("Endpoint must not hold white space, control characters or backslashes");
  if (!/^https?:\/\//i.test(text)) return invalid("Endpoint must start with http:// or https://");
  // Looked for in the text, as the parsed form does not tell "http://a/?" from "http://a/".
  if (text.includes("?")) return invalid("Endpoint must not have a query");
  if (text.includes("#")) return invalid("Endpoint must not have a fragment");
  const url = parseUrl(text);
  if (url === undefined) return invalid("Endpoint must be a valid URL such as http://replica-west.example.com");
  if (url.username !== "" || url.password !== "" || /^https?:\/\/[^/]*@/i.test(text)) {
    return invalid("Endpoint must not hold credentials");
  }
  const endpoint = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  return { kind: "parsed", endpoint, hostname: url.hostname, host: url.host };
}

function invalid(message: string): ParsedEndpoint {
  return { kind: "invalid", message };
}

function parseUrl(text: string): InstanceType<typeof URL> | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
