import type { FieldDatabase } from "./database.ts";
import type { Queue, Undone } from "./queue.ts";
import type { AnyRecord, ShortReason, StoredRecord, Subject, VoidReason } from "./records.ts";

/** One swab of a tube as this phone knows it. */
export interface Swab {
  record: StoredRecord<"sample">;
  subject: Subject;
}

export interface Tube {
  code: string;
  round: string;
  station: string;
  pool: number;
  opening: StoredRecord<"tube.open">;
  swabs: Swab[];
  closing: StoredRecord<"tube.close"> | null;
}

/** empty · room · last: one more fits · full · closed: nothing may be added */
export type TubeFill = "empty" | "room" | "last" | "full" | "closed";

/** fresh · soon: its time is nearly up · late */
export type TubeAge = "fresh" | "soon" | "late";

/** Why the model refuses; the page says it in words. */
export type SamplingFault = "no_tube" | "tube_closed" | "tube_full" | "tube_known" | "tube_empty" | "tube_not_empty" | "reason_needed" | "reason_not_needed";

export class SamplingError extends Error {
  constructor(readonly fault: SamplingFault) {
    super(fault);
  }
}

const SOON_MINUTES = 10;

/** The tubes that this phone opened, oldest first, with what is in them; voided records do not count. */
export function tubesOf(records: readonly AnyRecord[]): Tube[] {
  const tubes = new Map<string, Tube>();
  for (const record of records) {
    if (record.voidedBy !== null) continue;
    if (record.kind === "tube.open" && !tubes.has(record.data.tube)) {
      const { tube: code, round, station, pool } = record.data;
      tubes.set(code, { code, round, station, pool, opening: record, swabs: [], closing: null });
    } else if (record.kind === "sample") {
      const { person, card } = record.data as { person?: string; card?: string };
      const subject: Subject = person === undefined ? { card: card ?? "" } : { person };
      tubes.get(record.data.tube)?.swabs.push({ record, subject });
    } else if (record.kind === "tube.close") {
      const tube = tubes.get(record.data.tube);
      if (tube) tube.closing = record;
    }
  }
  return [...tubes.values()];
}

export function isOpen(tube: Tube): boolean {
  return tube.closing === null;
}

export function fillOf(tube: Tube): TubeFill {
  if (!isOpen(tube)) return "closed";
  const free = tube.pool - tube.swabs.length;
  if (free <= 0) return "full";
  if (tube.swabs.length === 0) return "empty";
  return free === 1 ? "last" : "room";
}

/** Whole minutes since a tube's clock began: since its first swab while it is open, since its closing after. */
export function minutesOf(tube: Tube, now: number): number | null {
  const since = tube.closing?.at ?? tube.swabs[0]?.record.at;
  return since === undefined ? null : Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
}

export function ageOf(tube: Tube, now: number, tubeMinutes: number): TubeAge {
  const minutes = minutesOf(tube, now);
  if (minutes === null || minutes < tubeMinutes - SOON_MINUTES) return "fresh";
  return minutes < tubeMinutes ? "soon" : "late";
}

/** The swab of this person, or of this card, that this phone took in the round; re-tests are looked for apart. */
export function swabOf(tubes: readonly Tube[], subject: Subject, retest = false): Swab | null {
  const key = JSON.stringify(subject);
  const isIt = (swab: Swab): boolean => JSON.stringify(swab.subject) === key && (swab.record.data.retest ?? false) === retest;
  return tubes.flatMap((tube) => tube.swabs).find(isIt) ?? null;
}

/** One round at one station on this phone. Each step is checked and stored in one transaction: two pages can't overfill a tube. */
export class Sampling {
  constructor(
    private readonly database: FieldDatabase,
    private readonly queue: Queue,
    readonly village: string,
    readonly round: string,
    readonly station: string,
  ) {}

  async tubes(): Promise<Tube[]> {
    return tubesOf(await this.queue.ofRound(this.round));
  }

  open(code: string, pool: number): Promise<StoredRecord<"tube.open">> {
    return this.step((tubes) => this.addTube(tubes, code, pool));
  }

  sample(code: string, subject: Subject, retest = false): Promise<StoredRecord<"sample">> {
    return this.step((tubes) => {
      if (fillOf(openTube(tubes, code)) === "full") throw new SamplingError("tube_full");
      return this.addSwab(code, subject, retest);
    });
  }

  /** A tube of their own for somebody who must have one: opened, filled and closed at once. */
  sampleSingly(code: string, subject: Subject, retest = false): Promise<StoredRecord<"sample">> {
    return this.step(async (tubes) => {
      const isReady = tubes.some((tube) => tube.code === code && tube.pool === 1 && fillOf(tube) === "empty");
      if (!isReady) await this.addTube(tubes, code, 1);
      const swab = await this.addSwab(code, subject, retest);
      await this.queue.record(this.village, "tube.close", { round: this.round, tube: code, count: 1, reason: null }, true);
      return swab;
    });
  }

  /** @param reason why it holds fewer than its pool; null when it is full */
  close(code: string, reason: ShortReason | null): Promise<StoredRecord<"tube.close">> {
    return this.step(async (tubes) => {
      const tube = openTube(tubes, code);
      const full = fillOf(tube) === "full";
      if (tube.swabs.length === 0) throw new SamplingError("tube_empty");
      if (!full && reason === null) throw new SamplingError("reason_needed");
      if (full && reason !== null) throw new SamplingError("reason_not_needed");
      const data = { round: this.round, tube: code, count: tube.swabs.length, reason };
      return this.queue.record(this.village, "tube.close", data, true);
    });
  }

  /** A tube that holds nothing yet is not used after all. */
  putAway(code: string): Promise<Undone> {
    return this.step(async (tubes) => {
      const tube = openTube(tubes, code);
      if (tube.swabs.length > 0) throw new SamplingError("tube_not_empty");
      return this.queue.undo(tube.opening.id, "wrong_tube");
    });
  }

  /** Takes a swab back; the closing of its tube too, whose count is no longer true. */
  undoSwab(record: string, reason: VoidReason): Promise<Undone> {
    return this.step(async (tubes) => {
      const tube = tubes.find(({ swabs }) => swabs.some((swab) => swab.record.id === record));
      if (tube?.closing) await this.queue.undo(tube.closing.id, reason);
      return this.queue.undo(record, reason);
    });
  }

  private async addTube(tubes: readonly Tube[], code: string, pool: number): Promise<StoredRecord<"tube.open">> {
    if (tubes.some((tube) => tube.code === code)) throw new SamplingError("tube_known");
    return this.queue.record(this.village, "tube.open", { round: this.round, station: this.station, tube: code, pool });
  }

  private addSwab(tube: string, subject: Subject, retest: boolean): Promise<StoredRecord<"sample">> {
    const data = { round: this.round, station: this.station, tube, ...(retest ? { retest } : {}), ...subject } as const;
    return this.queue.record(this.village, "sample", data, true);
  }

  private step<T>(work: (tubes: Tube[]) => Promise<T>): Promise<T> {
    const { records } = this.database;
    return this.database.transaction("rw", records, async () => work(await this.tubes()));
  }
}

function openTube(tubes: readonly Tube[], code: string): Tube {
  const tube = tubes.find((each) => each.code === code);
  if (!tube) throw new SamplingError("no_tube");
  if (!isOpen(tube)) throw new SamplingError("tube_closed");
  return tube;
}
