import { FieldError, type BatchAnswer, type Refusal } from "./api.ts";
import type { SendLock } from "./lock.ts";
import { BATCH_LIMIT, type Batch, type Queue } from "./queue.ts";
import type { StoredRecord } from "./records.ts";

export interface SenderStatus {
  sending: boolean;
  /** Why the last attempt failed; null when it did not. */
  problem: Refusal | null;
  /** When it tries again by itself, Unix ms. */
  nextTryAt: number | null;
  /** When the server last took a batch, Unix ms. */
  sentAt: number | null;
}

export interface SenderOptions {
  queue: Queue;
  lock: SendLock;
  send: (batch: Batch) => Promise<BatchAnswer>;
  now: () => number;
  /** Called whenever the status changed. */
  onStatus?: (status: SenderStatus) => void;
  /** Called with the records that a batch settled. */
  onSettled?: (records: StoredRecord[]) => void;
  random?: () => number;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
/** While another page is sending. */
const LOOK_AGAIN_MS = 3_000;
/** A village that was refused is asked again after this time. */
const SCOPE_RETRY_MS = 10 * 60_000;

/** How long to wait after so many failures in a row, in ms: doubling, up to a minute, with a quarter of chance. */
export function retryDelay(failures: number, random: () => number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16)) * (0.75 + random() / 4);
}

/**
 * Empties the queue into the server, one batch at a time. It asks the network itself, never the browser's opinion of
 * it; whatever fails is tried again.
 */
export class Sender {
  readonly status: SenderStatus = { sending: false, problem: null, nextTryAt: null, sentAt: null };
  private readonly refusedVillages = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private limit = BATCH_LIMIT;
  private failures = 0;
  private early = false;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = true;

  constructor(private readonly options: SenderOptions) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  stop(): void {
    this.stopped = true;
    this.schedule(null);
  }

  /** Something changed: a record was made, the page came back, the worker asked. Tries at once. */
  wake(): void {
    if (this.stopped) return;
    void this.sendNow();
  }

  /** A record was made: tries, unless a failed attempt has its time still to wait. */
  nudge(): void {
    if (this.failures === 0) this.wake();
  }

  /** Sends all that may leave and is kept when nothing more can. `early` includes what is held back for undo. */
  async sendNow(early = false): Promise<void> {
    this.early ||= early;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    this.schedule(null);
    let mine = true;
    this.show({ sending: true, nextTryAt: null });
    try {
      do {
        this.again = false;
        mine = await this.options.lock.run(() => this.drain());
      } while (this.again && mine && this.failures === 0);
    } finally {
      this.early = false;
      this.show({ sending: false });
    }
    await this.planNext(mine);
  }

  private async drain(): Promise<void> {
    const { queue, send } = this.options;
    for (;;) {
      const batch = await queue.claim(this.limit, this.skipped(), this.early);
      if (!batch) return;
      try {
        const answer = await send(batch);
        const settled = await queue.settle(answer.outcomes, answer.gap);
        // An answer that settles nothing must not be asked for without a pause.
        if (settled.length === 0) throw new FieldError("unreachable", 200);
        this.succeed(settled);
      } catch (error) {
        if (!(await this.mend(batch, error))) return;
      }
    }
  }

  private succeed(settled: StoredRecord[]): void {
    this.failures = 0;
    this.limit = Math.min(BATCH_LIMIT, this.limit * 2);
    this.show({ problem: this.refusedVillages.size > 0 ? "scope" : null, sentAt: this.options.now() });
    this.options.onSettled?.(settled);
  }

  /** Whether sending can go on at once after this failure. */
  private async mend(batch: Batch, error: unknown): Promise<boolean> {
    const refusal = error instanceof FieldError ? error.refusal : "unreachable";
    if (refusal === "scope") {
      this.refusedVillages.set(batch.village, this.options.now() + SCOPE_RETRY_MS);
      this.show({ problem: "scope" });
      return true;
    }
    if (refusal === "unreadable" || refusal === "too_large") {
      const [record, ...others] = batch.records;
      if (others.length > 0) {
        this.limit = Math.max(1, Math.floor(batch.records.length / 2));
      } else if (record) {
        // The one record that the server can't read steps aside; it stays in the tray, the others go on.
        const settled = await this.options.queue.settle([{ id: record.id, outcome: "quarantined", code: refusal, words: "", flags: [] }]);
        this.options.onSettled?.(settled);
      }
      return true;
    }
    this.failures += 1;
    this.show({ problem: refusal });
    return false;
  }

  private skipped(): ReadonlySet<string> {
    const now = this.options.now();
    for (const [village, until] of this.refusedVillages) {
      if (until <= now || until - now > SCOPE_RETRY_MS) this.refusedVillages.delete(village);
    }
    return new Set(this.refusedVillages.keys());
  }

  private async planNext(mine: boolean): Promise<void> {
    const { queue, now, random = Math.random } = this.options;
    // Only a person can mend these; logging in or 'send now' wakes the sender.
    if (this.status.problem === "login" || this.status.problem === "account") return;
    if (this.failures > 0) {
      this.schedule(retryDelay(this.failures, random));
    } else if (!mine) {
      this.schedule(LOOK_AGAIN_MS);
    } else {
      const release = await queue.nextRelease();
      if (release !== null) this.schedule(Math.max(0, release - now()) + 50);
      else if (this.refusedVillages.size > 0) this.schedule(SCOPE_RETRY_MS);
    }
  }

  private schedule(delay: number | null): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (delay === null || this.stopped) return;
    this.timer = setTimeout(() => {
      this.wake();
    }, delay);
    if (this.failures > 0) this.show({ nextTryAt: this.options.now() + delay });
  }

  private show(change: Partial<SenderStatus>): void {
    Object.assign(this.status, change);
    this.options.onStatus?.({ ...this.status });
  }
}
