import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import Dexie from "dexie";
import type { FieldAnswer, FieldRequest, Transport } from "../engine/api.ts";
import type { Batch } from "../engine/queue.ts";
import type { Outcome } from "../engine/records.ts";
import { openEngine, type Engine, type EngineOptions } from "../engine/engine.ts";

export const ACCOUNT = "0199a0b0-0000-7000-8000-00000000000a";
export const VILLAGE = "0199a0b0-0000-7000-8000-0000000000v1";
export const ROUND = "0199a0b0-0000-7000-8000-0000000000r1";
export const STATION = "0199a0b0-0000-7000-8000-0000000000s1";

/** A clean phone: nothing stored. */
export function newPhone(): void {
  Dexie.dependencies.indexedDB = new IDBFactory();
  Dexie.dependencies.IDBKeyRange = IDBKeyRange;
}

/** A clock that moves only when told. */
export class TestClock {
  ms = Date.parse("2022-11-18T09:00:00+08:00");
  now = (): number => this.ms;
  pass(ms: number): void {
    this.ms += ms;
  }
}

/** The same numbers for the same seed (mulberry32), so that a failing case can be run again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type WireRecord = Batch["records"][number];
export type Trouble = "none" | "lost_before" | "lost_after" | "busy" | "half" | "captive" | "mute";

/** The server's half of the contract, in memory: remembers what arrived and answers as told. */
export class TestServer {
  readonly batches: WireRecord[][] = [];
  readonly stored = new Map<string, WireRecord>();
  account = ACCOUNT;
  loggedIn = true;
  token = "token-1";
  gap: number[] = [];
  maximum = 500;
  unreadable = new Set<string>();
  foreign = new Set<string>();
  trouble: () => Trouble = () => "none";
  judge: (record: WireRecord) => Partial<Outcome> = () => ({});
  requests: FieldRequest[] = [];

  constructor(private readonly clock: TestClock) {}

  transport: Transport = async (request) => {
    this.requests.push(request);
    await Promise.resolve();
    if (request.path === "/api/field/session") return this.session();
    if (request.headers.Authorization !== `Bearer ${this.token}`) return { status: 401, body: null };
    const trouble = this.trouble();
    if (trouble === "lost_before") throw new TypeError("network");
    if (trouble === "busy") return { status: 503, body: null };
    if (trouble === "captive") return { status: 200, body: null };
    const answer = this.take(request.body as Batch, trouble);
    if (trouble === "lost_after") throw new TypeError("network");
    return answer;
  };

  private session(): FieldAnswer {
    if (!this.loggedIn) return { status: 401, body: null };
    const worker = { id: this.account, name: "王海斌", role: "sampler", may: ["sample"] };
    const body = { token: this.token, device: "", server_time: new Date(this.clock.ms).toISOString(), worker, villages: [] };
    return { status: 200, body };
  }

  private take(batch: Batch, trouble: Trouble): FieldAnswer {
    if (this.foreign.has(batch.village)) return { status: 404, body: null };
    if (batch.records.length > this.maximum) return { status: 413, body: null };
    if (batch.records.some((record) => this.unreadable.has(record.id))) return { status: 400, body: null };
    this.batches.push(batch.records);
    const answered = batch.records.filter((_, place) => trouble !== "mute" && (trouble !== "half" || place % 2 === 0));
    const outcomes = answered.map((record): Outcome => {
      const known = this.stored.has(record.id);
      this.stored.set(record.id, record);
      const own = { id: record.id, outcome: known ? "duplicate" : "accepted", code: "", words: "", flags: [] } as const;
      return { ...own, ...this.judge(record) } as Outcome;
    });
    return { status: 200, body: { received_at: new Date(this.clock.ms).toISOString(), offset_ms: 0, gap: this.gap, outcomes } };
  }
}

export async function openTestEngine(server: TestServer, clock: TestClock, options: Partial<EngineOptions> = {}): Promise<Engine> {
  return openEngine({ account: ACCOUNT, csrf: "csrf", transport: server.transport, now: clock.now, ...options });
}

/** Records a household outcome, the plainest kind: it is not held back. */
export async function recordOutcome(engine: Engine, person: string, village = VILLAGE): Promise<string> {
  const data = { round: ROUND, person, outcome: "unreachable", reason: "nobody_home", note: "" } as const;
  return (await engine.queue.record(village, "outcome", data)).id;
}
