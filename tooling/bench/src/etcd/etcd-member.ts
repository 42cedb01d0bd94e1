import { join } from "node:path";
import { freePort } from "../regions/free-port.ts";
import { REGIONS } from "../regions/region-names.ts";
import { requireProgram } from "../servers/find-program.ts";
import { ServerProcess } from "../servers/server-process.ts";

/** What a member says of itself; `isLeader` by its own word. */
interface MemberStatus {
  readonly isLeader: boolean;
  readonly raftIndex: number;
  readonly appliedIndex: number;
}

/** One of three members that run. */
export interface EtcdMember {
  readonly url: string;
  readonly server: ServerProcess;
}

/** Starts three members that know each other, and waits until each knows the leader. */
export async function startMembers(folder: string): Promise<readonly EtcdMember[]> {
  const program = await requireProgram("etcd");
  const plans = await Promise.all(
    REGIONS.map(async (name) => ({ name, clientUrl: await loopbackUrl(), peerUrl: await loopbackUrl() })),
  );
  const cluster = plans.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(",");
  const members = plans.map(({ name, clientUrl, peerUrl }) => {
    const args = [
      ...["--name", name, "--data-dir", join(folder, name)],
      ...["--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl],
      ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
      ...["--initial-cluster", cluster, "--initial-cluster-state", "new"],
      ...["--logger", "zap", "--log-level", "error", "--quota-backend-bytes", String(8 * 2 ** 30)],
    ];
    return { url: clientUrl, server: new ServerProcess({ program, args }) };
  });
  await Promise.all(members.map(({ url, server }) => server.ready(async () => (await statusOf(url)).raftIndex > 0)));
  return members;
}

/** The member that every put goes through, whoever is asked: asking it saves a hop. */
export async function leaderOf(members: readonly EtcdMember[]): Promise<EtcdMember> {
  for (const member of members) if ((await statusOf(member.url)).isLeader) return member;
  throw new Error("No etcd member is the leader");
}

/** Log entries that the member farthest behind has yet to apply. */
export async function entriesMissing(members: readonly EtcdMember[]): Promise<number> {
  const all = await Promise.all(members.map(({ url }) => statusOf(url)));
  const newest = Math.max(...all.map(({ raftIndex }) => raftIndex));
  return newest - Math.min(...all.map(({ appliedIndex }) => appliedIndex));
}

/** Keys in a member's own copy. */
export async function keysHeld({ url }: EtcdMember): Promise<number> {
  const everything = Buffer.from([0]).toString("base64");
  const reply = await post(url, "/v3/kv/range", {
    key: everything,
    range_end: everything,
    count_only: true,
    serializable: true,
  });
  return Number(reply["count"] ?? 0);
}

async function statusOf(url: string): Promise<MemberStatus> {
  const reply = await post(url, "/v3/maintenance/status", {});
  const header = reply["header"] as Record<string, unknown> | undefined;
  const leader = reply["leader"];
  return {
    isLeader: leader !== undefined && leader === header?.["member_id"],
    raftIndex: leader === undefined ? 0 : Number(reply["raftIndex"]),
    appliedIndex: Number(reply["raftAppliedIndex"]),
  };
}

/** The JSON gateway: slow, and good enough for questions between runs. */
async function post(url: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function loopbackUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}
