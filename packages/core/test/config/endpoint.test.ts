import { expect, test } from "vitest";
import { parseEndpoint } from "../../src/index.ts";

test.each([
  ["http://replica-west.example.com", "http://replica-west.example.com", "replica-west.example.com"],
  ["http://replica-west.example.com/", "http://replica-west.example.com", "replica-west.example.com"],
  ["HTTPS://Example.COM:443/Prefix//", "https://example.com/Prefix", "example.com"],
  ["http://example.com:80", "http://example.com", "example.com"],
  ["http://example.com:8080/a/b%2Fc/", "http://example.com:8080/a/b%2Fc", "example.com"],
  ["http://10.0.0.1:9001", "http://10.0.0.1:9001", "10.0.0.1"],
  ["http://[::1]:9001/x", "http://[::1]:9001/x", "[::1]"],
  ["http://a@b.example/".replace("a@", ""), "http://b.example", "b.example"],
  ["http://example.com/with@sign", "http://example.com/with@sign", "example.com"],
])("%s", (text, endpoint, hostname) => {
  expect(parseEndpoint(text)).toMatchObject({ kind: "parsed", endpoint, hostname });
});

test.each([
  ["", "Endpoint cannot be empty"],
  ["replica-west.example.com", "must start with http"],
  ["//example.com", "must start with http"],
  ["ftp://example.com", "must start with http"],
  ["http:example.com", "must start with http"],
  ["http://", "valid URL"],
  ["http://example.com:99999", "valid URL"],
  ["http://[::1", "valid URL"],
  ["http://user:secret@example.com", "credentials"],
  ["http://user@example.com", "credentials"],
  ["http://@example.com", "credentials"],
  ["http://:@example.com/", "credentials"],
  ["http://example.com/?a=1", "query"],
  ["http://example.com?", "query"],
  ["http://example.com/#", "fragment"],
  ["http://example.com/a b", "white space"],
  [" http://example.com", "white space"],
  ["http://exa\nmple.com", "white space"],
  ["http:\\\\example.com", "backslashes"],
])("%j is refused, and no secret is repeated", (text, message) => {
  const parsed = parseEndpoint(text);
  expect(parsed).toMatchObject({ kind: "invalid", message: expect.stringContaining(message) });
  expect(JSON.stringify(parsed)).not.toContain("secret");
});
