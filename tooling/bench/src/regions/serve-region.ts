import { closedLoop, type LoadTarget } from "../load/closed-loop.ts";
import type { RegionReply, RegionRequest } from "./messages.ts";
import type { RegionAddress } from "./region-names.ts";

/** A region that listens and does not know the others yet. */
interface ListeningRegion {
  readonly port: number;
  readonly join: (others: readonly RegionAddress[]) => Promise<JoinedRegion>;
}

interface JoinedRegion extends LoadTarget {
  /** Receipts that it holds. */
  readonly held: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Takes the port that it is told, or any when that is 0. */
type Listen = (where: {
  readonly regionId: string;
  readonly folder: string;
  readonly port: number;
}) => Promise<ListeningRegion>;

/** Makes this process a region: does what the bench asks of it, and ends when the bench does. */
export function serveRegion(listen: Listen): void {
  const answer = requestHandler(listen);
  process.on("message", (request: RegionRequest) => {
    answer(request).then(send, (error: unknown) => {
      send({ kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    });
  });
  process.on("disconnect", () => process.exit());
}

function requestHandler(listen: Listen): (request: RegionRequest) => Promise<RegionReply> {
  let listening: ListeningRegion | undefined;
  let joined: JoinedRegion | undefined;
  return async (request) => {
    switch (request.kind) {
      case "listen":
        listening = await listen(request);
        return { kind: "listening", port: listening.port };
      case "join":
        joined = await known(listening).join(request.others);
        return { kind: "joined" };
      case "load":
        return { kind: "loaded", run: await closedLoop(known(joined), request.plan) };
      case "stop": {
        const held = await known(joined).held();
        await known(joined).close();
        return { kind: "stopped", held };
      }
    }
  };
}

function known<Region>(region: Region | undefined): Region {
  if (region === undefined) throw new Error("The region was asked for something before it was there");
  return region;
}

function send(reply: RegionReply): void {
  process.send?.(reply);
}
