import { describe, expect, it } from "vitest";
import { storeContract } from "../../src/contracts.ts";
import { seededRandomId } from "../../src/seeded-random.ts";
import { Disk } from "../../src/simulator/disk/disk.ts";
import { openModelStore } from "../../src/simulator/disk/model-store.ts";
import type { StoreHost } from "../../src/simulator/disk/store-host.ts";
import { Draw } from "../../src/simulator/draw.ts";
import { makeReceipt } from "../../src/simulator/workload/receipts.ts";

const AT_ONCE = { min: 0, max: 0 };

function host(seed = 1): StoreHost {
  return {
    wait: async () => {},
    dead: () => false,
    reached: () => false,
    wallMs: () => 0,
    randomId: seededRandomId(seed),
    speed: () => ({ writeMs: AT_ONCE, fsyncMs: AT_ONCE, readMs: AT_ONCE }),
    draw: new Draw(seed, "host"),
  };
}

const disk = (): Disk => new Disk({ synced: () => {}, destroyed: () => {} });

const own = (number: number) => ({
  kind: "own" as const,
  receipt: makeReceipt(number, 0, false),
  digest: String(number),
  timestamp: "2025-11-16T12:00:00Z",
});

let sites = 0;
storeContract("the model store of the simulator", async () => {
  const place = disk();
  sites += 1;
  const randomness = host(sites);
  return { open: (regionId = "eu-west-1") => openModelStore(place, regionId, randomness), remove: async () => {} };
});

describe("a simulated disk", () => {
  it("keeps what was written over a crash of the process, and only what was fsynced over a power loss", async () => {
    const place = disk();
    const store = await openModelStore(place, "r1", host());
    await store.append([own(1)]);
    place.write([{ kind: "append", items: [own(2)], recordedAt: "" }], new Draw(1, "write"));
    expect(place.read()?.count().rows).toBe(2);
    expect(place.log?.count().rows).toBe(1);
    const kept = new Set<number | undefined>();
    for (let seed = 0; seed < 20; seed += 1) {
      const other = disk();
      other.restore(place.copy(place.durableLength));
      other.write([{ kind: "append", items: [own(2)], recordedAt: "" }], new Draw(seed, "write"));
      other.losePower(new Draw(seed, "power"));
      kept.add(other.read()?.count().rows);
    }
    expect(kept).toEqual(new Set([1, 2]));
  });

  it("rejects with full while it is full, and goes on afterwards", async () => {
    const place = disk();
    const store = await openModelStore(place, "r1", host());
    place.fullness = 1;
    await expect(store.append([own(1)])).rejects.toMatchObject({ kind: "full" });
    place.fullness = 0;
    expect(await store.append([own(1)])).toMatchObject([{ kind: "stored" }]);
  });

  it("acknowledges nothing more after a failed fsync", async () => {
    const place = disk();
    const store = await openModelStore(place, "r1", host());
    place.fsyncFails = true;
    await expect(store.append([own(1)])).rejects.toMatchObject({ kind: "failed" });
    await expect(store.append([own(2)])).rejects.toMatchObject({ kind: "failed" });
    expect(await store.failure).toMatchObject({ kind: "failed" });
  });

  it("is empty after a wipe, and older after a copy was put back", async () => {
    const place = disk();
    const store = await openModelStore(place, "r1", host());
    await store.append([own(1)]);
    const length = place.durableLength;
    await store.append([own(2)]);
    place.restore(place.copy(length));
    expect(place.log?.count().rows).toBe(1);
    expect(place.wipe()).toHaveLength(length);
    expect(place.read()).toBeUndefined();
  });
});
