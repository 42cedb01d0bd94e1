import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildTarballs } from "./build-tarballs.ts";
import { contractProblems } from "./contract-problems.ts";
import { inspectTarball } from "./inspect-tarball.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const destination = await mkdtemp(join(tmpdir(), "receipt-sync-tarballs-"));
try {
  const tarballs = await buildTarballs(root, destination);
  if (tarballs.length === 0) {
    throw new Error("There is no published package, so nothing was checked.");
  }
  for (const tarball of tarballs) {
    const problems = await inspectTarball(tarball);
    console.log(`${tarball.name}: ${problems.length === 0 ? "good" : problems.join("\n  ")}`);
    process.exitCode = problems.length > 0 ? 1 : (process.exitCode ?? 0);
  }
  const problems = await contractProblems(root, tarballs);
  console.log(`contracts, in a project of somebody else: ${problems.length === 0 ? "good" : problems.join("\n  ")}`);
  process.exitCode = problems.length > 0 ? 1 : (process.exitCode ?? 0);
} finally {
  await rm(destination, { recursive: true, force: true });
}
