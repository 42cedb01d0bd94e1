import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { UserFolder } from "./user-folder.ts";

const require = createRequire(import.meta.url);

/** What a careful author switches on; our declarations are checked with the rest. */
const strictest = {
  target: "es2024",
  lib: ["es2024", "esnext.disposable"],
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: false,
  noEmit: true,
};

/** Of a dependency's own declarations nobody here is the author: zod's name a global that only Node or a browser has. */
const foreign = /^node_modules\/(?!(?:.*\/)?@rsync\/)/;

/** What the compiler has to say about files of a user and about our declarations. `types` as in a tsconfig. */
export async function typeErrors(
  user: UserFolder,
  files: readonly string[],
  types: readonly "node"[],
): Promise<readonly string[]> {
  const typeRoots = [dirname(dirname(require.resolve("@types/node/package.json")))];
  writeFileSync(
    join(user.path, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...strictest, types, typeRoots }, files }),
  );
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { stdout, stderr } = await user.run(process.execPath, compiler, "-p", ".", "--pretty", "false");
  return (stdout + stderr).split("\n").filter((line) => line !== "" && !foreign.test(line));
}
