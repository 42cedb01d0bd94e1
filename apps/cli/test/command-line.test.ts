import { describe, expect, test } from "vitest";
import { describeNumbers } from "../src/output/describe-numbers.ts";
import { runCommand } from "./run-command.ts";

const commands = [
  ["demo"],
  ["sync"],
  ["verify"],
  ["get"],
  ["list"],
  ["status"],
  ["health"],
  ["accept-loss"],
  ["dead-letters", "list"],
  ["dead-letters", "show"],
  ["dead-letters", "replay"],
  ["dead-letters", "discard"],
  ["config", "check"],
  ["config", "explain"],
  ["config", "init"],
  ["config", "schema"],
];

describe("--help", () => {
  test("names every command and the exit codes", async () => {
    const end = await runCommand(["--help"]);
    expect(end).toMatchObject({ code: 0, stderr: "" });
    for (const [name] of commands) expect(end.stdout).toContain(`\n  ${name} `);
    expect(end.stdout).toContain(
      "0 all committed, or yes; 1 error; 2 wrong usage; 3 pending, or no quorum; 4 refused.",
    );
  });

  test.each(commands)("%s %s has examples and --json", async (...command) => {
    const end = await runCommand([...command, "--help"]);
    expect(end.code).toBe(0);
    expect(end.stdout).toContain(`Examples:\n  receipt-sync ${command.join(" ")}`);
    expect(end.stdout).toContain("--json");
  });
});

describe("wrong usage: exit code 2, and a word on standard error", () => {
  test.each([
    [["bogus"]],
    [["staus"]],
    [["sync"]],
    [["sync", "a", "b"]],
    [["sync", "-", "--wait", "some"]],
    [["sync", "-", "--timeout", "soon"]],
    [["sync", "-", "--in-flight", "0"]],
    [["list", "--limit", "-1"]],
    [["status", "--url", "ftp://example.com"]],
    [["status", "--url", "nonsense"]],
    [["verify"]],
    [["config", "bogus"]],
    [["dead-letters", "bogus"]],
    [["dead-letters", "list", "--kind", "bad"]],
    [["dead-letters", "show"]],
    [["dead-letters", "replay"]],
    [["dead-letters", "replay", "--all", "--timeout", "soon"]],
    [["dead-letters", "discard"]],
    [["dead-letters", "discard", "--region", "us-west-1"]],
    [["dead-letters", "discard", "--receipt", "rec-123"]],
    [["dead-letters", "discard", "--all", "--since", "2025-11-16T12:00:00Z"]],
    [["dead-letters", "discard", "--region", "us-west-1", "--receipt", "rec-123", "--kind", "poison"]],
  ])("%j", async (args) => {
    const end = await runCommand(args);
    expect(end).toMatchObject({ code: 2, stdout: "" });
    expect(end.stderr).toMatch(/^(error|receipt-sync): /);
    expect(end.stderr).not.toContain("    at ");
  });
});

test("colours only where they are wanted", async () => {
  const env = { FORCE_COLOR: "1" };
  const plain = await runCommand(["config", "init", "-"], { env: { NO_COLOR: "1" } });
  expect(plain.stdout).not.toContain("\u001b");
  expect((await runCommand(["sync", "-", "--dry-run"], { input: "" })).stdout).not.toContain("\u001b");
  expect((await runCommand(["sync", "-", "--dry-run"], { input: "", env })).stdout).toContain("\u001b[1mvalid");
});

test("many line numbers in few words", () => {
  expect(describeNumbers([1])).toBe("1");
  expect(describeNumbers([1, 3, 4, 5, 9])).toBe("1, 3 to 5, 9");
  expect(describeNumbers([1, 3, 5, 7, 8], 2)).toBe("1, 3 and 3 more");
});
