/** Pages in a browser on this machine read nothing here and change nothing. */
import { describe, expect, it, onTestFinished } from "vitest";
import { jsonAnswer } from "../src/http/answer.ts";
import { createAppServer } from "../src/http/create-app-server.ts";

function server(host: string) {
  const answer = async () => jsonAnswer(200, {});
  const app = createAppServer([{ path: "/thing", get: answer, post: answer }], () => undefined, { host, port: 7400 });
  onTestFinished(() => app.close());
  return async (method: "GET" | "HEAD" | "POST", headers: Readonly<Record<string, string>>) =>
    app.inject({ method, url: "/thing", headers });
}

describe("a listener on loopback", () => {
  it.each(["127.0.0.1", "127.0.0.1:7400", "localhost:9999", "LOCALHOST", "[::1]:7400", "127.3.2.1:7400"])(
    "takes requests to %s",
    async (host) => {
      const ask = server("127.3.2.1");
      expect((await ask("GET", { host })).statusCode).toBe(200);
      expect((await ask("POST", { host })).statusCode).toBe(200);
      expect((await ask("POST", { host, origin: `http://${host.toLowerCase()}` })).statusCode).toBe(
        host === "LOCALHOST" ? 403 : 200,
      );
    },
  );

  it.each([
    "evil.example:27400",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "evil.example@127.0.0.1",
    "127.3.2.1",
    "[::1",
  ])("refuses %j, a name that was made to lead here, whatever the method and the origin", async (host) => {
    const ask = server("127.0.0.1");
    for (const method of ["GET", "HEAD", "POST"] as const) {
      expect((await ask(method, { host })).statusCode).toBe(403);
      expect((await ask(method, { host, origin: `http://${host}` })).statusCode).toBe(403);
    }
    const reply = await ask("POST", { host });
    expect(reply.headers["content-type"]).toContain("application/problem+json");
    expect(reply.json().detail).toContain("The Host of a request must be 127.0.0.1, [::1], localhost");
  });

  it("refuses pages of other origins, unless they only look", async () => {
    const ask = server("::1");
    const headers = { host: "[::1]:7400", origin: "http://evil.example" };
    expect((await ask("POST", headers)).statusCode).toBe(403);
    expect((await ask("GET", headers)).statusCode).toBe(200);
  });
});

describe("a listener that other machines reach", () => {
  it("knows not all its names, and takes any", async () => {
    const ask = server("0.0.0.0");
    expect((await ask("GET", { host: "sidecar.example.com" })).statusCode).toBe(200);
    expect((await ask("POST", { host: "sidecar.example.com", origin: "http://evil.example" })).statusCode).toBe(403);
  });
});
