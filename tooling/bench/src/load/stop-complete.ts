import type { Deployment } from "./contestant.ts";

/** Ends the regions, each of which must hold exactly so many receipts: speed at which something gets lost is no speed. */
export async function stopComplete(deployment: Deployment, submitted: number): Promise<void> {
  const held = await deployment.stop();
  if (held.some((each) => each !== submitted)) {
    throw new Error(`Of ${submitted} receipts the regions hold ${held.join(", ")}`);
  }
}
