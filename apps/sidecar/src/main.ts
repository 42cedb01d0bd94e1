#!/usr/bin/env node
// Nothing that an older Node lacks is imported before this: it would end the sidecar with a stack trace.
const NODE_MIN = 24;
const { node } = process.versions;
if (Number.parseInt(node, 10) < NODE_MIN) {
  process.stderr.write(`receipt-sidecar needs Node ${NODE_MIN} or later; this is ${node} (${process.execPath})\n`);
  process.exitCode = 1;
} else {
  // Beside this file, in the sources as in the build.
  const sidecar = import.meta.url.endsWith(".ts") ? "./run-program.ts" : "./run-program.js";
  await import(new URL(sidecar, import.meta.url).href);
}
