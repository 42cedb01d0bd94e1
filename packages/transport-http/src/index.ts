export { httpTransport } from "./http-transport.ts";
export type { HttpTransportOptions, TlsOptions } from "./options.ts";
