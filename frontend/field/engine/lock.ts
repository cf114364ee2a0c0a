import type { FieldDatabase, Lease } from "./database.ts";

/** Lets one page at a time send; `run` does nothing and says false while another page is at it. */
export interface SendLock {
  run(work: () => Promise<void>): Promise<boolean>;
}

/** Web Locks are given back at once when a page dies; they exist on https and localhost only. */
export function webLock(locks: LockManager, name: string): SendLock {
  return {
    run: async (work) => {
      let mine = false;
      await locks.request(name, { ifAvailable: true }, async (lock) => {
        mine = lock !== null;
        if (mine) await work();
      });
      return mine;
    },
  };
}

/** Longer than one request may take: the lease is renewed before each. */
export const LEASE_MS = 45_000;

/** For pages on plain http: a lease in the database. The holder's work renews it by `keep`. */
export class LeaseLock implements SendLock {
  constructor(
    private readonly database: FieldDatabase,
    private readonly holder: string,
    private readonly now: () => number,
  ) {}

  async run(work: () => Promise<void>): Promise<boolean> {
    if (!(await this.keep())) return false;
    const renewal = setInterval(() => void this.keep(), LEASE_MS / 3);
    try {
      await work();
    } finally {
      clearInterval(renewal);
      await this.release();
    }
    return true;
  }

  private keep(): Promise<boolean> {
    return this.database.transaction("rw", this.database.notes, async () => {
      const lease = await this.database.note<Lease>("lease");
      const left = lease ? lease.until - this.now() : 0;
      // A lease that ends further off than a lease can last was written before the clock was set back.
      if (lease && lease.holder !== this.holder && left > 0 && left <= LEASE_MS) return false;
      await this.database.setNote("lease", { holder: this.holder, until: this.now() + LEASE_MS });
      return true;
    });
  }

  private release(): Promise<void> {
    return this.database.transaction("rw", this.database.notes, async () => {
      const lease = await this.database.note<Lease>("lease");
      if (lease?.holder === this.holder) await this.database.notes.delete("lease");
    });
  }
}
