/** Contract suites for vitest: run them over a store of your own. Apart from the index, which needs no test runner. */
export { storeContract } from "./contracts/store-contract.ts";
export type { StoreSite } from "./contracts/store-site.ts";
