import { FieldApi, type Session, type Transport } from "./api.ts";
import { FieldDatabase } from "./database.ts";
import { LeaseLock, webLock, type SendLock } from "./lock.ts";
import { Queue } from "./queue.ts";
import type { StoredRecord } from "./records.ts";
import { isOpen, Sampling, tubesOf } from "./sampling.ts";
import { Sender, type SenderStatus } from "./sender.ts";
import { rfc3339, ServerClock } from "./times.ts";
import { uuid7Maker } from "./uuid7.ts";

export interface EngineOptions {
  /** The account whose queue this is; each has its own database on the phone. */
  account: string;
  transport: Transport;
  csrf: string;
  now?: () => number;
  locks?: LockManager | undefined;
  onStatus?: (status: SenderStatus) => void;
  onSettled?: (records: StoredRecord[]) => void;
  onSession?: (session: Session) => void;
  onRefused?: (refusal: "login" | "account") => void;
  onReach?: (reached: boolean) => void;
}

export interface Engine {
  database: FieldDatabase;
  /** The id of this account's queue on this phone. */
  device: string;
  api: FieldApi;
  queue: Queue;
  sender: Sender;
  clock: ServerClock;
  sampling(village: string, round: string, station: string): Sampling;
  /** Stops sending and closes the database; the queue stays. */
  close(): void;
}

/**
 * Opens the account's queue on this phone. The device's id belongs to the queue, not to the hardware, so that two
 * accounts on one phone never share the numbering of their records.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const now = options.now ?? Date.now;
  const makeId = uuid7Maker(now);
  const database = new FieldDatabase(options.account);
  const device = await database.noteOnce("device", makeId);
  const clock = new ServerClock(now);
  const api = new FieldApi({ ...options, device, now, clock });
  // Later, because the record may be made inside a transaction that is not finished yet.
  const queue = new Queue(database, makeId, now, () => setTimeout(() => sender.nudge(), 0));
  const sender = new Sender({
    ...options,
    queue,
    lock: sendLock(options.locks, database, makeId(), now),
    send: async (batch) => {
      const sentAt = now();
      const answer = await api.send(batch, rfc3339(sentAt));
      clock.observe(sentAt, answer.received_at, now());
      return answer;
    },
    now,
  });
  await forgetOld(queue);
  return {
    database,
    device,
    api,
    queue,
    sender,
    clock,
    sampling: (village, round, station) => new Sampling(database, queue, village, round, station),
    close: () => {
      sender.stop();
      database.close();
    },
  };
}

function sendLock(locks: LockManager | undefined, database: FieldDatabase, holder: string, now: () => number): SendLock {
  return locks ? webLock(locks, `${database.name}-send`) : new LeaseLock(database, holder, now);
}

/** Forgets old answered records, but not those of tubes that are still open. */
async function forgetOld(queue: Queue): Promise<void> {
  const open = new Set(tubesOf(await queue.all()).filter(isOpen).map((tube) => tube.code));
  await queue.prune((record) => "tube" in record.data && open.has(record.data.tube));
}
