import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LosingDeployment } from "../load/contestant.ts";
import type { Network } from "./network.ts";
import { othersOf, REGIONS, type RegionAddress } from "./region-names.ts";
import { RegionProcess } from "./region-process.ts";

/** Starts three processes of one program and makes them known to each other. The first one also generates the load. */
export async function startRegions(program: URL, folder: string, network: Network): Promise<LosingDeployment> {
  const regions = REGIONS.map((regionId) => new Region(program, regionId, join(folder, regionId)));
  const [first] = regions;
  const last = regions.at(-1);
  if (first === undefined || last === undefined) throw new Error("A deployment has regions");
  const end = async (): Promise<void> => {
    await Promise.all(regions.map((region) => region.process.end()));
  };
  try {
    await Promise.all(regions.map((region) => region.listen()));
    const addresses = regions.map(({ address }) => address);
    await Promise.all(regions.map((region) => region.join(addresses, network)));
  } catch (error) {
    await end();
    throw error;
  }
  return {
    pid: first.process.pid,
    load: async (plan) => (await first.process.ask({ kind: "load", plan }, "loaded")).run,
    lose: () => last.lose(),
    recover: async () => {
      await last.listen();
      await last.join(
        regions.map(({ address }) => address),
        network,
      );
    },
    stop: async () => {
      try {
        const stopped = await Promise.all(regions.map((region) => region.process.ask({ kind: "stop" }, "stopped")));
        return stopped.map(({ held }) => held);
      } finally {
        await end();
      }
    },
  };
}

/** A region over its whole life: one process after the other, always with the same files and the same port. */
class Region {
  readonly #program: URL;
  readonly #regionId: string;
  readonly #folder: string;
  #process: RegionProcess;
  /** Any, the first time. */
  #port = 0;

  constructor(program: URL, regionId: string, folder: string) {
    this.#program = program;
    this.#regionId = regionId;
    this.#folder = folder;
    this.#process = new RegionProcess(program);
  }

  get process(): RegionProcess {
    return this.#process;
  }

  get address(): RegionAddress {
    return { regionId: this.#regionId, endpoint: `http://127.0.0.1:${this.#port}` };
  }

  async listen(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const request = { kind: "listen", regionId: this.#regionId, folder: this.#folder, port: this.#port } as const;
    this.#port = (await this.#process.ask(request, "listening")).port;
  }

  async join(all: readonly RegionAddress[], network: Network): Promise<void> {
    const others = await Promise.all(othersOf(this.#regionId, all).map((other) => network(this.#regionId, other)));
    await this.#process.ask({ kind: "join", others }, "joined");
  }

  /** Its process ends in good order; another one stands ready to take its place. */
  async lose(): Promise<void> {
    await this.#process.ask({ kind: "stop" }, "stopped");
    await this.#process.end();
    this.#process = new RegionProcess(this.#program);
  }
}
