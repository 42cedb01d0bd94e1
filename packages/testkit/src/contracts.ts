/** Contract suites for vitest: run them over a store or a transport of your own. Apart from the index, which needs no test runner. */
export { storeContract } from "./contracts/store-contract.ts";
export type { StoreSite } from "./contracts/store-site.ts";
export type {
  FarAnswer,
  FarRecord,
  FarRegion,
  ServedRegion,
  TransportSite,
} from "./contracts/transport/transport-site.ts";
export { transportContract } from "./contracts/transport-contract.ts";
