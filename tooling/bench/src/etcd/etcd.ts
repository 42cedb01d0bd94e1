import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { formatWireReceipt, type Receipt } from "@rsync/core";
import { closedLoop, type LoadTarget } from "../load/closed-loop.ts";
import type { Contestant, Deployment } from "../load/contestant.ts";
import { findServer } from "../servers/find-program.ts";
import { entriesMissing, keysHeld, leaderOf, startMembers } from "./etcd-member.ts";
import { grpcCall } from "./grpc-call.ts";
import { type Put, putRequest, putsRequest } from "./put-message.ts";

/** A put for each receipt, a transaction for each batch, by gRPC to the leader. */
export const etcd: Contestant = {
  name: "etcd",
  find: () => findServer("etcd", () => "fsync on 2 of 3"),
  start,
};

/** More make it no faster. */
const SESSIONS = 4;

async function start(folder: string): Promise<Deployment> {
  const members = await startMembers(folder);
  const { url } = await leaderOf(members);
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => session(url)));
  const target: LoadTarget = {
    submit: (receipts, caller) => submit(sessions[caller % SESSIONS], receipts.map(toPut)),
    missing: () => entriesMissing(members),
  };
  return {
    load: (plan) => closedLoop(target, plan),
    stop: async () => {
      const held = await Promise.all(members.map(keysHeld));
      for (const each of sessions) each.destroy();
      await Promise.all(members.map(({ server }) => server.stop()));
      return held;
    },
  };
}

async function submit(session: ClientHttp2Session | undefined, puts: readonly Put[]): Promise<void> {
  if (session === undefined) throw new Error("Every caller has a session");
  const [only, ...others] = puts;
  if (only !== undefined && others.length === 0) await grpcCall(session, "/etcdserverpb.KV/Put", putRequest(only));
  else await grpcCall(session, "/etcdserverpb.KV/Txn", putsRequest(puts));
}

function toPut(receipt: Receipt): Put {
  return { key: receipt.receiptId, value: formatWireReceipt(receipt) };
}

async function session(url: string): Promise<ClientHttp2Session> {
  const connected = connect(url);
  await once(connected, "connect");
  return connected;
}
