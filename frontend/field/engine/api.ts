import type { Batch } from "./queue.ts";
import type { Outcome } from "./records.ts";
import type { ServerClock } from "./times.ts";

export interface FieldRequest {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body: unknown;
  /** Sends the login's cookie along; only the first call needs it. */
  withCookie: boolean;
  signal: AbortSignal;
}

export interface FieldAnswer {
  status: number;
  /** Decoded JSON; null when the answer was none. */
  body: unknown;
}

/** How requests leave the phone; throws when nothing came back. */
export type Transport = (request: FieldRequest) => Promise<FieldAnswer>;

/**
 * unreachable: no answer, or one that says 'later' · login: log in again · account: someone else is logged in ·
 * scope: the village is not, or no longer, this worker's · unreadable / too_large: the server can't take it like this
 */
export type Refusal = "unreachable" | "login" | "account" | "scope" | "unreadable" | "too_large";

export class FieldError extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly status = 0,
  ) {
    super(`${refusal} (${status})`);
  }
}

export type Sex = "male" | "female" | "unknown";
export type EntryState = "owed" | "done" | "excused" | "unreachable" | "refused";

/** Lives in memory only, never in the phone's database. */
export interface Person {
  id: string;
  name: string;
  sex: Sex;
  age: number | null;
  house: string;
  area: string;
  state: EntryState;
  /** Must have a tube to themselves. */
  single: boolean;
  /** Owes the single re-test of a positive pool. */
  retest: boolean;
  groups: string[];
  sampled_at: string | null;
  /** Asked to stay where they are until then, or until their own re-test is negative. */
  held_until: string | null;
}

export interface Household {
  house: string;
  area: string;
  people: Person[];
}

export interface Village {
  id: string;
  name: string;
}

export interface Station {
  id: string;
  name: string;
  kind: string;
  /** Being set up, open or closed; empty for people's homes. A round that was kept from before says nothing. */
  state?: string;
}

export interface Round {
  id: string;
  title: string;
  number: number;
  due_at: string;
  pool_size: number;
  /** A tube must leave within this many minutes. */
  tube_minutes: number;
  stations: Station[];
  counts: Record<EntryState, number>;
}

export interface Worker {
  /** The account that is logged in; must be the one that the queue belongs to. */
  id: string;
  name: string;
  /** The role's name. */
  role: string;
  /** What the roles allow: "sample", "excuse" … Everything is offered when the server does not say. */
  may?: string[];
}

export interface Session {
  token: string;
  device: string;
  server_time: string;
  worker: Worker;
  villages: Village[];
}

export interface BatchAnswer {
  received_at: string;
  offset_ms: number;
  gap: number[];
  outcomes: Outcome[];
}

export interface FieldApiOptions {
  transport: Transport;
  /** The account that the queue on this phone belongs to. */
  account: string;
  device: string;
  csrf: string;
  now: () => number;
  clock: ServerClock;
  /** Called with every session that was opened, by whichever request needed it. */
  onSession?: (session: Session) => void;
  /** Called when the server would not open a session: log in first, or as the queue's owner. */
  onRefused?: (refusal: "login" | "account") => void;
  /** Called after every request: whether anything came back. */
  onReach?: (reached: boolean) => void;
}

const SENDING_TIMEOUT_MS = 30_000;
const ASKING_TIMEOUT_MS = 8_000;
const LATER = new Set([408, 425, 429]);

/** The field API. The token lives here, in memory; when it has run out the login's cookie gets a new one. */
export class FieldApi {
  private token: string | null = null;
  private opening: Promise<Session> | null = null;

  constructor(private readonly options: FieldApiOptions) {}

  /** Gets a token for this account; refuses with 'account' when the login is another one's by now. */
  openSession(): Promise<Session> {
    this.opening ??= this.askForSession().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  async rounds(village: string): Promise<Round[]> {
    const answer = await this.ask<{ rounds: Round[] }>("GET", `/api/field/rounds?${query({ village })}`);
    return answer.rounds;
  }

  find(village: string, round: string, text: string): Promise<{ people: Person[]; truncated: boolean }> {
    return this.ask("POST", "/api/field/find", { village, round, text });
  }

  missing(village: string, round: string, cursor: string | null): Promise<{ households: Household[]; next: string | null }> {
    return this.ask("GET", `/api/field/missing?${query({ village, round, ...(cursor === null ? {} : { cursor }) })}`);
  }

  send(batch: Batch, sentAt: string): Promise<BatchAnswer> {
    const body = { village: batch.village, device: this.options.device, sent_at: sentAt, records: batch.records };
    return this.ask("POST", "/api/field/records", body, SENDING_TIMEOUT_MS);
  }

  forget(): void {
    this.token = null;
  }

  private async askForSession(): Promise<Session> {
    const { now, clock, csrf, device, account } = this.options;
    this.token = null;
    const sentAt = now();
    const answer = await this.exchange("POST", "/api/field/session", { device }, { "X-CSRFToken": csrf }, true, ASKING_TIMEOUT_MS);
    // A stale CSRF token (403) mends itself like a lost login does: by the page that logs in.
    if (answer.status === 401 || answer.status === 403) throw this.refuse("login", answer.status);
    const session = readOk<Session>(answer);
    clock.observe(sentAt, session.server_time, now());
    if (session.worker.id !== account) throw this.refuse("account", answer.status);
    this.token = session.token;
    this.options.onSession?.(session);
    return session;
  }

  private refuse(refusal: "login" | "account", status: number): FieldError {
    this.options.onRefused?.(refusal);
    return new FieldError(refusal, status);
  }

  private async ask<T>(method: "GET" | "POST", path: string, body: unknown = null, timeout = ASKING_TIMEOUT_MS): Promise<T> {
    if (this.token === null) await this.openSession();
    const first = await this.exchange(method, path, body, this.authorization(), false, timeout);
    if (first.status !== 401) return readOk<T>(first);
    await this.openSession();
    return readOk<T>(await this.exchange(method, path, body, this.authorization(), false, timeout));
  }

  private authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.token ?? ""}` };
  }

  private async exchange(
    method: "GET" | "POST",
    path: string,
    body: unknown,
    headers: Record<string, string>,
    withCookie: boolean,
    timeout: number,
  ): Promise<FieldAnswer> {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort();
    }, timeout);
    try {
      const answer = await this.options.transport({ method, path, headers, body, withCookie, signal: controller.signal });
      this.options.onReach?.(true);
      return answer;
    } catch {
      this.options.onReach?.(false);
      throw new FieldError("unreachable");
    } finally {
      clearTimeout(timer);
    }
  }
}

function query(parameters: Record<string, string>): string {
  return new URLSearchParams(parameters).toString();
}

function readOk<T>({ status, body }: FieldAnswer): T {
  if (status === 200 && body !== null) return body as T;
  // 200 without JSON comes from something in between, a hotel's login page for one.
  if (status === 200 || status >= 500 || LATER.has(status)) throw new FieldError("unreachable", status);
  if (status === 401) throw new FieldError("login", status);
  if (status === 404) throw new FieldError("scope", status);
  throw new FieldError(status === 413 ? "too_large" : "unreadable", status);
}
