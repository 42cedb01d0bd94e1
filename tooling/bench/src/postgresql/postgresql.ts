import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "pg";
import { closedLoop, type LoadTarget } from "../load/closed-loop.ts";
import type { Contestant, Deployment } from "../load/contestant.ts";
import { REGIONS } from "../regions/region-names.ts";
import { findServer } from "../servers/find-program.ts";
import { type PostgresqlServer, SUPERUSER, startServers } from "./postgresql-server.ts";
import { insertOf, TABLE } from "./receipt-rows.ts";

/** An INSERT for each receipt, a multi-row INSERT for each batch; one of two standbys must have it on disk. */
export const postgresql: Contestant = {
  name: "postgresql",
  find: () => findServer("postgres", () => "fsync on 2 of 3"),
  start,
};

/** A commit holds up its connection, so callers need their own; with more than these they share. */
const CONNECTIONS = 64;

const POLL_MS = 20;

/** Bytes of log that the standby farthest behind has not flushed. */
const BYTES_TO_FLUSH = bytesTo("flush_lsn");
/** The same that it does not show to queries yet. */
const BYTES_TO_REPLAY = bytesTo("replay_lsn");

async function start(folder: string): Promise<Deployment> {
  const servers = await startServers(folder);
  const pool = poolOf(servers[0], CONNECTIONS);
  const questions = poolOf(servers[0], 1);
  await pool.query(TABLE);
  const target: LoadTarget = {
    submit: async (receipts) => {
      await pool.query(insertOf(receipts));
    },
    missing: () => bytesMissing(questions, BYTES_TO_FLUSH),
  };
  return {
    load: (plan) => closedLoop(target, plan),
    stop: async () => {
      while ((await bytesMissing(questions, BYTES_TO_REPLAY)) > 0) await sleep(POLL_MS);
      const held = await Promise.all(servers.map(rowsHeld));
      await Promise.all([pool.end(), questions.end()]);
      for (const { server } of servers) await server.stop();
      return held;
    },
  };
}

function bytesTo(reached: "flush_lsn" | "replay_lsn"): string {
  return `SELECT count(*) AS standbys, max(pg_current_wal_lsn() - ${reached}) AS bytes
    FROM pg_stat_replication WHERE state = 'streaming'`;
}

async function bytesMissing(pool: Pool, query: string): Promise<number> {
  const { rows } = await pool.query<{ standbys: string; bytes: string }>(query);
  const [only] = rows;
  if (Number(only?.standbys) < REGIONS.length - 1) throw new Error("A standby has lost its primary");
  return Number(only?.bytes);
}

async function rowsHeld(server: PostgresqlServer): Promise<number> {
  const pool = poolOf(server, 1);
  try {
    const { rows } = await pool.query<{ rows: string }>("SELECT count(*) AS rows FROM receipts");
    return Number(rows[0]?.rows);
  } finally {
    await pool.end();
  }
}

function poolOf({ port }: PostgresqlServer, max: number): Pool {
  const pool = new Pool({ host: "127.0.0.1", port, user: SUPERUSER, database: "postgres", max, idleTimeoutMillis: 0 });
  pool.on("error", () => undefined); // Whoever asks next is told.
  return pool;
}
