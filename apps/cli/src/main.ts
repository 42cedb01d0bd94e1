#!/usr/bin/env node
// Nothing that an older Node lacks is imported before this: it would end the command with a stack trace.
const NODE_MIN = 24;
const { node } = process.versions;
if (Number.parseInt(node, 10) < NODE_MIN) {
  process.stderr.write(`receipt-sync needs Node ${NODE_MIN} or later; this is ${node} (${process.execPath})\n`);
  process.exitCode = 1;
} else {
  // Beside this file, in the sources as in the build.
  const command = import.meta.url.endsWith(".ts") ? "./run-command.ts" : "./run-command.js";
  await import(new URL(command, import.meta.url).href);
}
