export { sqliteStore } from "./sqlite-store.ts";
export type { SqliteStoreOptions } from "./store-options.ts";
