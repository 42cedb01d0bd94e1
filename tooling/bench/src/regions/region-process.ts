import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RegionReply, RegionRequest } from "./messages.ts";

/** A region in a process of its own, as the bench sees it. */
export class RegionProcess {
  readonly #child: ChildProcess;

  /** `program` calls `serveRegion`. */
  constructor(program: URL) {
    this.#child = fork(fileURLToPath(program), { serialization: "advanced" });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Rejects with what went wrong in the region. */
  async ask<Kind extends RegionReply["kind"]>(
    request: RegionRequest,
    expected: Kind,
  ): Promise<Extract<RegionReply, { kind: Kind }>> {
    const reply = await this.#reply(request);
    if (reply.kind === "failed") throw new Error(reply.message);
    if (!isOfKind(reply, expected)) throw new Error(`A region answered ${reply.kind} instead of ${expected}`);
    return reply;
  }

  /** Ends the process, which has nothing left to do. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  #reply(request: RegionRequest): Promise<RegionReply> {
    const { promise, resolve, reject } = Promise.withResolvers<RegionReply>();
    const died = (code: number | null, signal: string | null) =>
      reject(new Error(`A region's process ended (${signal ?? code})`));
    this.#child.once("message", resolve);
    this.#child.once("exit", died);
    this.#child.send(request);
    return promise.finally(() => {
      this.#child.off("message", resolve);
      this.#child.off("exit", died);
    });
  }
}

function isOfKind<Kind extends RegionReply["kind"]>(
  reply: RegionReply,
  kind: Kind,
): reply is Extract<RegionReply, { kind: Kind }> {
  return reply.kind === kind;
}
