/** What services and operators do while a simulation runs: submit, repeat, upgrade, contradict, ask. */
import type { Receipt } from "@rsync/core";
import type { Draw } from "../draw.ts";
import type { SimulationOptions, WorkKind } from "../options.ts";
import type { Site } from "../process/site.ts";
import { type CallBook, toldBy } from "./call-book.ts";
import { digestOf, makeReceipt } from "./receipts.ts";

/** A receipt that was submitted at least once. */
export interface Submitted {
  readonly number: number;
  /** Contents offered under its id, in the order of their first offer. */
  readonly contents: number[];
  /** Where it was submitted first. */
  readonly regionId: string;
  committed: boolean;
}

/** Work on a receipt that is there already. */
type TouchKind = Exclude<WorkKind, "submit" | "twins" | "status" | "letters" | "replay" | "discard" | "acceptLoss">;

/** So often a submission is one of many, where bursts are drawn at all. */
export const BURSTS = 0.4;

export class Workload {
  readonly submitted: Submitted[] = [];
  readonly #options: SimulationOptions;
  readonly #draw: Draw;
  readonly #sites: ReadonlyMap<string, Site>;
  readonly #book: CallBook;
  readonly #lossAccepted: () => void;

  constructor(
    options: SimulationOptions,
    draw: Draw,
    sites: ReadonlyMap<string, Site>,
    book: CallBook,
    lossAccepted: () => void,
  ) {
    this.#options = options;
    this.#draw = draw;
    this.#sites = sites;
    this.#book = book;
    this.#lossAccepted = lossAccepted;
  }

  /** Does one thing somewhere. Where no process is up there, nothing. */
  step(): void {
    const kind = this.#kind();
    const known = this.#draw.pickAny(this.submitted);
    const site = this.#anySite();
    if (kind === "status") void site?.running?.process.getSyncStatus().catch(() => {});
    else if (kind === "letters") void site?.running?.process.deadLetters().catch(() => {});
    else if (kind === "replay" || kind === "discard") this.#decide(kind, site);
    else if (kind === "acceptLoss") this.#acceptLoss();
    else if (kind === "submit" || known === undefined) this.#submitSome(site);
    else if (kind === "twins") this.#submitTwins(site);
    else this.#touch(kind, known, site);
  }

  /** One receipt, or many at one instant, some of which are committed before they have gone anywhere. */
  #submitSome(site: Site | undefined): void {
    const { burstMax } = this.#options;
    if (burstMax === 1 || !this.#draw.chance(BURSTS)) {
      this.submitNew(site);
      return;
    }
    for (let left = this.#draw.integer(2, burstMax); left > 0; left -= 1) {
      const number = this.submitNew(site);
      const made = this.submitted.at(-1);
      if (number === 0 || made === undefined) return;
      if (!made.committed && this.#draw.chance(0.4)) this.#touch("upgrade", made, site);
    }
  }

  /** An operator acts on one dead letter of a region, or on all of them. */
  #decide(kind: "replay" | "discard", site: Site | undefined): void {
    const process = site?.running?.process;
    if (process === undefined) return;
    const letter = this.#draw.pickAny(site?.disk.log?.deadLetters({ status: "open", limit: 20 }) ?? []);
    const all = this.#draw.chance(0.3);
    if (letter === undefined) return;
    const { regionId, receiptId } = letter;
    const selection =
      all && kind === "replay" ? ({ kind: "all" } as const) : { kind: "one" as const, regionId, receiptId };
    const done = kind === "replay" ? process.replayDeadLetters(selection) : process.discardDeadLetters(selection);
    void done.catch(() => {});
  }

  /** Operators who do not wait until everything is mended. */
  #acceptLoss(): void {
    for (const { running, disk } of this.#sites.values()) {
      if (running === undefined || disk.log?.introduction().refilling !== true) continue;
      this.#lossAccepted();
      void running.process.acceptLoss().catch(() => {});
    }
  }

  /** A receipt that nobody has heard of. Returns its number. */
  submitNew(site: Site | undefined): number {
    const number = this.submitted.length + 1;
    const committed = this.#draw.chance(0.6);
    if (site?.running === undefined) return 0;
    this.submitted.push({ number, contents: [0], regionId: site.regionId, committed });
    this.#submit(site, makeReceipt(number, 0, committed));
    return number;
  }

  /** Two services make the same id at the same time, with contents of their own. */
  #submitTwins(site: Site | undefined): void {
    const number = this.submitNew(site);
    const twin = this.#draw.pickAny([...this.#sites.values()].filter((other) => other !== site));
    const known = this.submitted.at(-1);
    if (number === 0 || twin === undefined || known === undefined) return;
    known.contents.push(1);
    this.#submit(twin, makeReceipt(number, 1, known.committed));
  }

  /** A service that finds its process back resumes a wait for what it submitted there. */
  afterRestart(site: Site): void {
    const here = this.submitted.filter(({ regionId }) => regionId === site.regionId);
    const known = here[here.length - 1 - this.#draw.integer(0, 2)];
    if (known !== undefined && this.#draw.chance(0.5)) this.awaitQuorum(site, known.number, undefined);
  }

  #touch(kind: TouchKind, known: Submitted, site: Site | undefined): void {
    const home = this.#sites.get(known.regionId);
    const [content = 0] = known.contents;
    switch (kind) {
      case "again":
        this.#submit(home, makeReceipt(known.number, content, known.committed));
        return;
      case "upgrade":
        known.committed = true;
        this.#submit(this.#draw.chance(0.5) ? home : site, makeReceipt(known.number, content, true));
        return;
      case "stale":
        this.#submit(this.#draw.chance(0.5) ? home : site, makeReceipt(known.number, content, false));
        return;
      case "elsewhere":
        this.#submit(site, makeReceipt(known.number, content, known.committed));
        return;
      case "otherContent":
        this.#contradict(known, site);
        return;
      case "await":
        this.awaitQuorum(this.#draw.chance(0.6) ? home : site, known.number, undefined);
        return;
      case "verify":
      case "inspect":
        this.#ask(kind, site, known);
        return;
    }
  }

  /** Resumes the wait for a receipt. */
  awaitQuorum(site: Site | undefined, number: number, content: number | undefined): void {
    const running = site?.running;
    if (running === undefined) return;
    const { receiptId } = makeReceipt(number, 0, false);
    const digest = content === undefined ? undefined : digestOf(makeReceipt(number, content, false));
    const wish = { kind: "await", receiptId, digest, committed: false } as const;
    const options = digest === undefined ? {} : { digest };
    void this.#book.make(running, wish, async (process) => toldBy(await process.awaitQuorum(receiptId, options)));
  }

  #submit(site: Site | undefined, receipt: Receipt): void {
    const running = site?.running;
    if (running === undefined) return;
    const { receiptId, committed } = receipt;
    const wish = { kind: "sync", receiptId, digest: digestOf(receipt), committed } as const;
    void this.#book.make(running, wish, async (process) => toldBy(await process.syncReceipt(receipt)));
  }

  #contradict(known: Submitted, site: Site | undefined): void {
    const content = known.contents.length < 3 ? known.contents.length : this.#draw.integer(1, 2);
    if (!known.contents.includes(content)) known.contents.push(content);
    this.#submit(site, makeReceipt(known.number, content, known.committed));
  }

  #ask(kind: "verify" | "inspect", site: Site | undefined, known: Submitted): void {
    const running = site?.running;
    if (running === undefined) return;
    const { receiptId } = makeReceipt(known.number, 0, false);
    const digest = known.contents.length === 1 ? digestOf(makeReceipt(known.number, 0, false)) : undefined;
    const wish = { kind, receiptId, digest, committed: false };
    void this.#book.make(running, wish, async (process) => {
      if (kind === "verify") return { kind: "verified", quorum: await process.verifyQuorum(receiptId) };
      const { quorumAchieved: quorum, regions, ...state } = await process.inspect(receiptId);
      const confirmed = regions.filter((region) => region.confirmed).map(({ regionId }) => regionId);
      return { kind: "inspected", quorum, digest: state.digest, committed: state.committed, confirmed };
    });
  }

  #kind(): WorkKind {
    const kinds = Object.entries(this.#options.workload);
    let left = this.#draw.random() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [kind, weight] of kinds) {
      left -= weight;
      if (left < 0 && isWork(kind)) return kind;
    }
    return "submit";
  }

  #anySite(): Site | undefined {
    return this.#draw.pickAny([...this.#sites.values()]);
  }
}

const WORK: Readonly<Record<WorkKind, true>> = {
  submit: true,
  again: true,
  upgrade: true,
  stale: true,
  elsewhere: true,
  otherContent: true,
  twins: true,
  await: true,
  verify: true,
  inspect: true,
  status: true,
  letters: true,
  replay: true,
  discard: true,
  acceptLoss: true,
};

function isWork(kind: string): kind is WorkKind {
  return Object.hasOwn(WORK, kind);
}
