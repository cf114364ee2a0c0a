import type { FieldDatabase } from "./database.ts";
import type { AnyRecord, Kind, Outcome, RecordData, RecordState, StoredRecord, VoidReason } from "./records.ts";
import { rfc3339 } from "./times.ts";

/** A slip can be taken back within this time without leaving a trace. */
export const UNDO_MS = 10_000;
/** A batch holds at most this many records. */
export const BATCH_LIMIT = 200;
/** Answered records are kept this long, for the worker to look back at. */
const KEEP_MS = 72 * 3_600_000;

/** What goes over the wire. */
export interface Batch {
  village: string;
  records: { id: string; seq: number; kind: Kind; v: 1; at: string; data: RecordData[Kind] }[];
}

export type Undone = "taken_back" | "voided" | "already";

export type QueueCounts = Record<RecordState, number> & { unsent: number; tray: number };

const SETTLED: readonly RecordState[] = ["accepted", "duplicate", "held", "quarantined"];

/** Whether the worker must look at it: it was not taken as it is. */
export function isForTray(record: StoredRecord): boolean {
  return !record.seen && record.voidedBy === null && (record.state === "quarantined" || record.flags.length > 0);
}

/** Whether it still waits for the end of its undo time. A clock set back can't hold it longer than that. */
export function isHeldBack(record: StoredRecord, now: number): boolean {
  const left = (record.holdUntil ?? 0) - now;
  return record.state === "waiting" && left > 0 && left <= UNDO_MS;
}

/**
 * The records of one account on this phone: stored before anything else happens, sent in the order of their making,
 * dropped never. Everything that two pages could do at the same time happens inside one database transaction.
 */
export class Queue {
  constructor(
    private readonly database: FieldDatabase,
    private readonly makeId: () => string,
    private readonly now: () => number,
    /** Called when there is something to send. */
    private readonly changed: () => unknown,
  ) {}

  /** Stores a record; it is safe on the phone when the promise is kept. `undoable` holds it back for the undo time. */
  async record<K extends Kind>(village: string, kind: K, data: RecordData[K], undoable = false): Promise<StoredRecord<K>> {
    const now = this.now();
    const record: Omit<StoredRecord<K>, "order"> = {
      id: this.makeId(),
      seq: null,
      kind,
      village,
      at: rfc3339(now),
      data,
      state: "waiting",
      holdUntil: undoable ? now + UNDO_MS : null,
      voidedBy: null,
      code: "",
      words: "",
      flags: [],
      settledAt: null,
      seen: false,
    };
    const order = await this.database.records.add(record as Omit<StoredRecord, "order">);
    this.changed();
    return { ...record, order };
  }

  /** Takes an unsent record back; one that may have left the phone is voided by a record. */
  async undo(id: string, reason: VoidReason = "undo"): Promise<Undone> {
    return this.database.transaction("rw", this.database.records, async () => {
      const record = await this.database.records.get({ id });
      if (!record || record.voidedBy !== null || record.kind === "void") return "already";
      if (record.state === "waiting") {
        await this.database.records.delete(record.order);
        return "taken_back";
      }
      const voiding = await this.record(record.village, "void", { record: id, reason });
      await this.database.records.update(record.order, { voidedBy: voiding.id });
      return "voided";
    });
  }

  /**
   * The next batch of one village: first what has a number already (its answer never came), then what is waiting, in
   * order, up to the first record that is held back. Numbers are given here, without holes, in the transaction that
   * takes the record out of reach of undo.
   *
   * @param skip villages not to send for now
   * @param early sends what is held back too
   */
  async claim(limit: number, skip: ReadonlySet<string>, early = false): Promise<Batch | null> {
    const { records, notes } = this.database;
    return this.database.transaction("rw", records, notes, async () => {
      const inScope = (record: StoredRecord): boolean => !skip.has(record.village);
      const claimed = (await records.where("state").equals("claimed").sortBy("seq")).filter(inScope);
      const waiting = (await records.where("state").equals("waiting").sortBy("order")).filter(inScope);
      const stop = early ? -1 : waiting.findIndex((record) => isHeldBack(record, this.now()));
      const ready = [...claimed, ...(stop < 0 ? waiting : waiting.slice(0, stop))];
      const village = ready[0]?.village;
      if (village === undefined) return null;
      const batch = ready.filter((record) => record.village === village).slice(0, limit);
      await this.number(batch.filter((record) => record.state === "waiting"));
      return { village, records: batch.map(({ id, seq, kind, at, data }) => ({ id, seq: seq ?? 0, kind, v: 1, at, data })) };
    });
  }

  /** Writes the answers on their records; a record without an answer stays claimed and is sent again. */
  async settle(outcomes: readonly Outcome[], gap: readonly number[] = []): Promise<StoredRecord[]> {
    const { records } = this.database;
    return this.database.transaction("rw", records, async () => {
      const settled: StoredRecord[] = [];
      for (const { id, outcome, code, words, flags } of outcomes) {
        const record = await records.get({ id });
        if (record?.state !== "claimed" || !SETTLED.includes(outcome)) continue;
        settled.push({ ...record, state: outcome, code, words, flags, settledAt: this.now() });
      }
      await records.bulkPut(settled);
      // The server misses these although it answered them once (a restored backup): the same again does no harm.
      await records
        .where("seq")
        .anyOf([...gap])
        .filter((record) => record.state !== "claimed")
        .modify({ state: "claimed" });
      return settled;
    });
  }

  /** Sends a record again, as it is, that the server could not read. */
  async retry(id: string): Promise<void> {
    const record = this.database.records.where("id").equals(id);
    await record.filter(({ state }) => state === "quarantined").modify({ state: "claimed", code: "", words: "", flags: [] });
    this.changed();
  }

  async markSeen(id: string): Promise<void> {
    await this.database.records.where("id").equals(id).modify({ seen: true });
  }

  async ofRound(round: string): Promise<AnyRecord[]> {
    return (await this.database.records.where("data.round").equals(round).sortBy("order")) as AnyRecord[];
  }

  async all(): Promise<AnyRecord[]> {
    return (await this.database.records.orderBy("order").toArray()) as AnyRecord[];
  }

  /** The newest first. */
  async latest(limit: number): Promise<AnyRecord[]> {
    return (await this.database.records.orderBy("order").reverse().limit(limit).toArray()) as AnyRecord[];
  }

  async tray(): Promise<AnyRecord[]> {
    const settled = await this.database.records.where("state").anyOf(["accepted", "duplicate", "quarantined"]).sortBy("order");
    return settled.filter(isForTray).reverse() as AnyRecord[];
  }

  async counts(): Promise<QueueCounts> {
    const count = (state: RecordState): Promise<number> => this.database.records.where("state").equals(state).count();
    const [waiting, claimed, accepted, duplicate, held, quarantined, tray] = await Promise.all([
      count("waiting"),
      count("claimed"),
      count("accepted"),
      count("duplicate"),
      count("held"),
      count("quarantined"),
      this.tray(),
    ]);
    return { waiting, claimed, accepted, duplicate, held, quarantined, unsent: waiting + claimed, tray: tray.length };
  }

  /** When the server last answered, Unix ms. */
  async lastSettledAt(): Promise<number | null> {
    const settled = await this.database.records.where("state").anyOf([...SETTLED]).toArray();
    return settled.length > 0 ? Math.max(...settled.map((record) => record.settledAt ?? 0)) : null;
  }

  /** When the first record that is held back may leave, Unix ms; null when none is. */
  async nextRelease(): Promise<number | null> {
    const waiting = await this.database.records.where("state").equals("waiting").toArray();
    const times = waiting.filter((record) => isHeldBack(record, this.now())).map((record) => record.holdUntil ?? 0);
    return times.length > 0 ? Math.min(...times) : null;
  }

  /** Forgets what was taken by the server long ago, but not what `keep` still needs. */
  async prune(keep: (record: AnyRecord) => boolean): Promise<number> {
    const before = this.now() - KEEP_MS;
    return this.database.records
      .where("state")
      .anyOf(["accepted", "duplicate"])
      .filter((record) => (record.settledAt ?? 0) < before && !isForTray(record) && !keep(record as AnyRecord))
      .delete();
  }

  private async number(records: StoredRecord[]): Promise<void> {
    if (records.length === 0) return;
    let seq = (await this.database.note<number>("seq")) ?? 0;
    for (const record of records) {
      record.seq = ++seq;
      record.state = "claimed";
    }
    await this.database.records.bulkPut(records);
    await this.database.setNote("seq", seq);
  }
}
