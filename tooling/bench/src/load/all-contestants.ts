import { byHand } from "../by-hand/by-hand.ts";
import { etcd } from "../etcd/etcd.ts";
import { inProcess } from "../in-process/in-process.ts";
import { nats } from "../nats/nats.ts";
import { postgresql } from "../postgresql/postgresql.ts";
import { redis } from "../redis/redis.ts";
import { sidecar, sidecarStream } from "../sidecar/sidecar.ts";
import type { Contestant, ContestantName, Found } from "./contestant.ts";

const ALL: readonly Contestant[] = [byHand, inProcess, sidecar, sidecarStream, etcd, postgresql, nats, redis];

/** A contestant that was asked for, and what was found of it. */
export interface Entrant {
  readonly contestant: Contestant;
  readonly found: Found;
}

/** In the order of the tables. */
export function entrants(names: readonly string[]): Promise<readonly Entrant[]> {
  const asked = ALL.filter(({ name }) => names.includes(name satisfies ContestantName));
  return Promise.all(asked.map(async (contestant) => ({ contestant, found: await contestant.find() })));
}
