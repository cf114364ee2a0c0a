import Dexie, { type EntityTable, type Table } from "dexie";
import type { StoredRecord } from "./records.ts";

interface Note {
  key: string;
  value: unknown;
}

/** Held in plain sight by whichever page is sending, where the browser has no Web Locks. */
export interface Lease {
  holder: string;
  until: number;
}

/**
 * What one account keeps on this phone. Each account has a database of its own, so that nobody opens or sends another
 * one's queue. Nothing here may tell who a person is: records carry ids or card tokens, notes carry rounds and
 * stations.
 */
export class FieldDatabase extends Dexie {
  declare records: EntityTable<StoredRecord, "order">;
  declare notes: Table<Note, string>;

  constructor(account: string) {
    super(`wuyicun-field-${account}`, { chromeTransactionDurability: "strict" });
    this.version(1).stores({ records: "++order, &id, state, kind, seq, data.round", notes: "key" });
  }

  async note<T>(key: string): Promise<T | undefined> {
    return (await this.notes.get(key))?.value as T | undefined;
  }

  async setNote(key: string, value: unknown): Promise<void> {
    await this.notes.put({ key, value });
  }

  /** The note's value, made once even when two pages ask at the same time. */
  noteOnce<T>(key: string, make: () => T): Promise<T> {
    return this.transaction("rw", this.notes, async () => {
      const known = await this.note<T>(key);
      if (known !== undefined) return known;
      const made = make();
      await this.setNote(key, made);
      return made;
    });
  }
}
