import type { IFlattenedRuleSet } from "dependency-cruiser";

type ForbiddenRule = NonNullable<IFlattenedRuleSet["forbidden"]>[number];

const anyWorkspace = "^(packages|apps|tooling)/";

function forbid(name: string, comment: string, from: ForbiddenRule["from"], to: object): ForbiddenRule {
  return { name, comment, severity: "error", from, to };
}

/** Who may know whom. Arrows point one way: everything knows core, core knows nobody. */
const layers: readonly ForbiddenRule[] = [
  forbid(
    "core-imports-zod-alone",
    "Core is pure: zod, and nothing of Node, Effect or any other package.",
    { path: "^packages/core/src/" },
    { pathNot: ["^packages/core/src/", "(^|/)node_modules/zod/"] },
  ),
  forbid(
    "seams-know-core-alone",
    "A transport, a store or an election implements a seam of core, and knows no other package.",
    { path: "^packages/((?:transport|store|election)-[^/]+)/src/" },
    { path: anyWorkspace, pathNot: ["^packages/core/src/", "^packages/$1/src/"] },
  ),
  forbid(
    "node-knows-core-alone",
    "Transport, store and election reach @rsync/node as values; only with-http-transport.ts has a default.",
    { path: "^packages/node/src/", pathNot: "^packages/node/src/with-http-transport\\.ts$" },
    { path: anyWorkspace, pathNot: ["^packages/core/src/", "^packages/node/src/"] },
  ),
  forbid(
    "node-default-is-the-http-transport",
    "The convenience constructor may name the HTTP transport, nothing else.",
    { path: "^packages/node/src/with-http-transport\\.ts$" },
    { path: anyWorkspace, pathNot: ["^packages/(core|transport-http)/src/", "^packages/node/src/"] },
  ),
  forbid(
    "testkit-knows-core-alone",
    "A contract suite takes what it tests as a value.",
    { path: "^packages/testkit/src/" },
    { path: anyWorkspace, pathNot: ["^packages/core/src/", "^packages/testkit/src/"] },
  ),
  forbid(
    "testkit-needs-vitest-alone",
    "Who runs a contract suite installs a test runner and nothing more.",
    { path: "^packages/testkit/src/" },
    { path: "(^|/)node_modules/", pathNot: "(^|/)node_modules/(vitest|@vitest/[^/]+)/" },
  ),
  forbid("packages-know-no-app", "Apps sit on top.", { path: "^packages/" }, { path: "^apps/" }),
  forbid(
    "apps-know-no-other-app",
    "An app may start another one's program, found as an installed package; it never imports its source.",
    { path: "^apps/([^/]+)/" },
    { path: "^apps/", pathNot: "^apps/$1/" },
  ),
  forbid(
    "products-know-no-tooling",
    "What is published stands without the folder that builds and checks it.",
    { path: "^(packages|apps)/[^/]+/src/" },
    { path: "^tooling/" },
  ),
];

/** How one may import at all. */
const manners: readonly ForbiddenRule[] = [
  forbid("no-circles", "Two files that import each other are one file, or three.", {}, { circular: true }),
  forbid(
    "packages-meet-through-exports",
    "Another package is imported by its name, never by a path into it.",
    { path: "^((?:packages|apps|tooling)/[^/]+)/" },
    { path: anyWorkspace, pathNot: "^$1/", dependencyTypes: ["local"] },
  ),
  forbid("imports-resolve", "The file or the export does not exist.", {}, { couldNotResolve: true }),
  forbid(
    "dependencies-are-declared",
    "A package names in its own package.json what it imports.",
    {},
    { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
  ),
  forbid(
    "published-code-needs-no-dev-dependency",
    "A user who installs the package does not get its devDependencies. (The sidecar is one file with all in it.)",
    { path: "^(packages/[^/]+|apps/cli)/src/" },
    { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm", "npm-peer", "npm-optional", "type-only"] },
  ),
];

/** The layers of the design as law. */
export const boundaries: IFlattenedRuleSet = { forbidden: [...layers, ...manners] };
