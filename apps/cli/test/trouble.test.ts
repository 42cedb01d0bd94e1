import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { fakeSidecar } from "./fake-sidecar.ts";
import { commandArgs, lastJson, runCommand } from "./run-command.ts";
import { sampleLine } from "./sample-line.ts";

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => sampleLine(`r-${index + 1}`)).join("");

const result = (line: number): string =>
  `${JSON.stringify({ line, status: 200, receipt_id: `r-${line}`, outcome: "committed", synced_regions: 2, total_regions: 2, errors: [] })}\n`;

const oneLine = /^receipt-sync: [^\n]+\n$/;

describe("nobody answers", () => {
  test.each([["status"], ["health"], ["get", "x"], ["verify", "x"], ["list"], ["accept-loss"], ["sync", "-"]])(
    "%s: one line with the URL and what to do, exit code 1",
    async (...args) => {
      const end = await runCommand([...args, "--url", "http://127.0.0.1:9"], { input: lines(3) });
      expect(end).toMatchObject({ code: 1 });
      expect(end.stderr).toMatch(oneLine);
      expect(end.stderr).toContain("no sidecar answers at http://127.0.0.1:9 (connection refused): start one with");
    },
  );
});

describe("something else answers", () => {
  test("HTML", async () => {
    const url = await fakeSidecar((_request, response) => response.end("<html>hello</html>"));
    for (const args of [["status"], ["get", "x"], ["list"]]) {
      const end = await runCommand([...args, "--url", url]);
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(oneLine);
      expect(end.stderr).toContain(`what answers at ${url} is no Receipt Sync sidecar`);
    }
  });

  test("a problem document: its own words", async () => {
    const url = await fakeSidecar((_request, response) => {
      response.writeHead(503, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ type: "x", title: "Overloaded", detail: "16384 receipts are under way" }));
    });
    for (const args of [["status"], ["sync", "-"]]) {
      const end = await runCommand([...args, "--url", url], { input: lines(3) });
      expect(end.code).toBe(1);
      expect(end.stderr).toBe(`receipt-sync: 16384 receipts are under way (HTTP 503 from ${url})\n`);
    }
  });
});

describe("a stream that breaks", () => {
  test("says which lines have no result, and exits 1", async () => {
    const url = await fakeSidecar((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(result(1) + result(3), () => setTimeout(() => response.destroy(), 50));
    });
    const end = await runCommand(["sync", "-", "--url", url, "--json"], { input: `oops\n${lines(5)}` });
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(
      /the connection was lost \(.+\); .* stored or not: line 3, 5 to 6; nothing after line 6/,
    );
    expect(lastJson(end.stdout)).toMatchObject({ complete: false, committed: 2, invalid: 1, unanswered: [3, 5, 6] });
  });

  test("an answer that ends early is told as soon as it ends, although the input goes on", async () => {
    const url = await fakeSidecar((request, response) => {
      request.once("data", () => response.end(result(1)));
    });
    const child = spawn(process.execPath, [...commandArgs, "sync", "-", "--url", url], { stdio: "pipe" });
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdin.write(lines(2)); // and never ends
    const [said] = await new Promise<string[]>((resolve) => {
      createInterface({ input: child.stderr }).once("line", (line) => resolve([line]));
    });
    expect(said).toMatch(/the connection was lost \(.+\); .*: line 2; nothing after line 2 was sent/);
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(1);
  });

  test.each([
    ["no JSON", "hello\n", /sent no result but hello/],
    ["a result for a line that was never sent", result(99), /result for line 99, which waits for none/],
  ])("%s", async (_name, answer, said) => {
    const url = await fakeSidecar((request, response) => {
      request.resume();
      request.once("end", () => response.end(answer));
    });
    const end = await runCommand(["sync", "-", "--url", url], { input: lines(1) });
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(said);
    expect(end.stderr).toContain("stored or not: line 1");
  });

  test("a problem for one line is that line's alone", async () => {
    const url = await fakeSidecar((request, response) => {
      const problem = { line: 2, status: 507, title: "Store full", detail: "the disk is full" };
      request.resume();
      request.once("end", () => response.end(`${result(1)}${JSON.stringify(problem)}\n${result(3)}`));
    });
    const end = await runCommand(["sync", "-", "--url", url], { input: lines(3) });
    expect(end.code).toBe(1);
    expect(end.stderr).toBe("line 2: r-2: the disk is full\n");
    expect(end.stdout).toMatch(/\n +2 +0 +0 +0 +1\n/);
  });

  test("Ctrl-C tells what has no result and ends as the shell expects", async () => {
    const url = await fakeSidecar((request, response) => {
      response.write(result(1));
      request.resume();
    });
    const child = spawn(process.execPath, [...commandArgs, "sync", "-", "--url", url], { stdio: "pipe" });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stderr.on("data", (piece) => (said += piece));
    child.stdin.write(lines(3));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(130);
    expect(said).toMatch(/lost \(interrupted\); .*: line 2 to 3; nothing after line 3/);
  });

  test.each([
    ["SIGINT", 130, ["sync", "-"]],
    ["SIGTERM", 143, ["sync", "-", "--dry-run"]],
    ["SIGINT", 130, ["verify", "--file", "-"]],
  ] as const)("%s ends with %i at once while nothing was read yet: %j", async (signal, code, args) => {
    const child = spawn(process.execPath, [...commandArgs, ...args], { stdio: "pipe" });
    onTestFinished(() => void child.kill("SIGKILL"));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.kill(signal);
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(code);
  });

  test("texts of others move no cursor", async () => {
    const url = await fakeSidecar((request, response) => {
      const problem = { line: 1, status: 500, title: "x", detail: "\u001b[2J\u0007gone" };
      request.resume();
      request.once("end", () => response.end(`${JSON.stringify(problem)}\n`));
    });
    const end = await runCommand(["sync", "-", "--url", url], { input: lines(1) });
    expect(end.stderr).toBe("line 1: r-1: \u{fffd}[2J\u{fffd}gone\n");
  });
});

test("a file that is not there, and a folder", async () => {
  const missing = await runCommand(["sync", "nope.ndjson"]);
  expect(missing).toMatchObject({ code: 1, stderr: "receipt-sync: cannot read nope.ndjson: there is no such file\n" });
  expect((await runCommand(["sync", "/"])).stderr).toBe("receipt-sync: / is a folder, not a file\n");
});
