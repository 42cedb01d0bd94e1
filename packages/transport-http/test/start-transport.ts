import type { Transport } from "@rsync/core";
import { onTestFinished } from "vitest";
import { type HttpTransportOptions, httpTransport } from "../src/index.ts";

/** A transport that is closed after the test. */
export function startTransport(options?: HttpTransportOptions): Required<Transport> {
  const transport = httpTransport(options);
  onTestFinished(() => transport.close());
  return transport;
}
