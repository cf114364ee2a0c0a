import { inject, reactive, type InjectionKey } from "vue";
import { FieldError, type Person, type Round, type Session, type Village, type Worker } from "../engine/api.ts";
import { openEngine, type Engine } from "../engine/engine.ts";
import type { StoredRecord } from "../engine/records.ts";
import { SamplingError } from "../engine/sampling.ts";
import type { SenderStatus } from "../engine/sender.ts";
import { fetchTransport } from "../transport.ts";
import { keepSettings, type Settings } from "./settings.ts";
import type { Shell } from "./shell.ts";
import { Signals } from "./signals.ts";

/** Where this phone samples; kept on the phone. */
export interface Choice {
  village: string;
  round: string;
  station: string;
}

export interface FieldState {
  /** opening: not asked yet · ready · login, account: the server wants a log-in first */
  access: "opening" | "ready" | "login" | "account";
  /** Whether the last request came through; null before the first. */
  reached: boolean | null;
  /** In memory only, like every name. */
  worker: Worker | null;
  villages: Village[];
  rounds: Round[];
  /** The worker may not sample in the chosen village. */
  isOutOfScope: boolean;
  /** The server named these rounds since the page was opened. */
  roundsAreFresh: boolean;
  choice: Choice | null;
  status: SenderStatus;
  storageFailed: boolean;
  tab: Tab;
  /** Somebody from the missing list who is to be sampled now. */
  handed: Person | null;
  /** The round and the person that the address named: a page of the desk hands over to the phone. */
  called: { round: string; person: string };
}

export const TABS = ["sampling", "missing", "me"] as const;
export type Tab = (typeof TABS)[number];

const ASK_EVERY_MS = 20_000;
const ASK_OFFLINE_MS = 5_000;

/** The app around the engine: what the pages share. */
export class FieldApp {
  readonly state: FieldState;
  readonly settings: Settings;
  readonly signals: Signals;
  /** The people seen since the page was opened, by id; never stored. */
  private readonly people = new Map<string, Person>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    readonly shell: Shell,
    readonly engine: Engine,
    state: FieldState,
  ) {
    this.state = state;
    this.settings = keepSettings(shell.language);
    this.signals = new Signals(this.settings);
  }

  static async open(shell: Shell): Promise<FieldApp> {
    const state = reactive<FieldState>({
      access: "opening",
      reached: null,
      worker: null,
      villages: [],
      rounds: [],
      isOutOfScope: false,
      roundsAreFresh: false,
      choice: null,
      status: { sending: false, problem: null, nextTryAt: null, sentAt: null },
      storageFailed: false,
      tab: TABS.find((tab) => location.hash === `#${tab}`) ?? "sampling",
      handed: null,
      called: readCalled(),
    });
    let app: FieldApp | undefined;
    const engine = await openEngine({
      account: shell.account,
      csrf: shell.csrf,
      transport: fetchTransport,
      locks: navigator.locks as LockManager | undefined,
      onStatus: (status) => (state.status = status),
      onReach: (reached) => (state.reached = reached),
      onRefused: (refusal) => (state.access = refusal),
      onSession: (session) => void app?.greet(session),
      onSettled: (records) => app?.lookAt(records),
    });
    app = new FieldApp(shell, engine, state);
    await app.recall();
    return app;
  }

  /** Begins to send and to ask; the page can be used at once. */
  start(): void {
    this.engine.sender.start();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    void navigator.storage?.persist?.();
    void this.ask();
  }

  get round(): Round | null {
    return this.state.rounds.find(({ id }) => id === this.state.choice?.round) ?? null;
  }

  get stationName(): string {
    return this.round?.stations.find(({ id }) => id === this.state.choice?.station)?.name ?? "";
  }

  async chooseVillage(village: string): Promise<void> {
    this.state.choice = { village, round: "", station: "" };
    this.state.rounds = (await this.engine.database.note<Round[]>(`rounds:${village}`)) ?? [];
    this.state.roundsAreFresh = false;
    await this.ask();
  }

  async choose(choice: Choice): Promise<void> {
    this.state.choice = choice;
    await this.engine.database.setNote("choice", choice);
  }

  /** The tab stands in the address, so that a reload comes back to it. */
  goTo(tab: Tab, handed: Person | null = null): void {
    this.state.tab = tab;
    this.state.handed = handed;
    history.replaceState(null, "", `#${tab}`);
    scrollTo(0, 0);
  }

  /** Whom the address names, once: a reload does not call them again. */
  takeCalled(): string {
    const { person } = this.state.called;
    this.state.called = { round: "", person: "" };
    history.replaceState(null, "", `${location.pathname}${location.hash}`);
    return person;
  }

  /** Whether the worker's roles allow it; the server decides again. */
  may(permission: string): boolean {
    return this.state.worker?.may?.includes(permission) ?? true;
  }

  remember(people: readonly Person[]): void {
    for (const person of people) this.people.set(person.id, person);
  }

  known(person: string): Person | null {
    return this.people.get(person) ?? null;
  }

  /** The chosen village's rounds with their counts, as the server has them now. */
  async refresh(): Promise<void> {
    const village = this.state.choice?.village ?? this.state.villages[0]?.id;
    if (village === undefined) return;
    const rounds = await this.engine.api.rounds(village);
    this.state.rounds = rounds;
    this.state.isOutOfScope = false;
    this.state.roundsAreFresh = true;
    await this.engine.database.setNote(`rounds:${village}`, rounds);
  }

  /** Stores something; says so when the phone can't. Every other fault is the caller's. */
  async keep<T>(step: () => Promise<T>): Promise<T | null> {
    try {
      const result = await step();
      this.state.storageFailed = false;
      return result;
    } catch (error) {
      if (error instanceof SamplingError) throw error;
      console.error(error);
      this.state.storageFailed = true;
      this.signals.give("stop");
      return null;
    }
  }

  private async recall(): Promise<void> {
    const { database } = this.engine;
    this.state.choice = (await database.note<Choice>("choice")) ?? null;
    const { choice, called } = this.state;
    if (choice && called.round !== "" && choice.round !== called.round) {
      this.state.choice = { village: choice.village, round: called.round, station: "" };
    }
    this.state.villages = (await database.note<Village[]>("villages")) ?? [];
    const village = this.state.choice?.village ?? this.state.villages[0]?.id;
    if (village !== undefined) this.state.rounds = (await database.note<Round[]>(`rounds:${village}`)) ?? [];
  }

  private async greet({ worker, villages }: Session): Promise<void> {
    this.state.access = "ready";
    this.state.worker = worker;
    this.state.villages = villages;
    await this.engine.database.setNote("villages", villages);
  }

  private lookAt(records: readonly StoredRecord[]): void {
    if (records.some((record) => record.state === "quarantined" || record.flags.length > 0)) this.signals.give("look");
    void this.ask();
  }

  private readonly wake = (): void => {
    if (document.visibilityState === "hidden") return;
    this.engine.sender.wake();
    void this.ask();
  };

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    try {
      if (this.state.worker === null) await this.engine.api.openSession();
      await this.refresh();
    } catch (error) {
      // The state says already whether the server was reached and wants a log-in; the next time asks again.
      if (!(error instanceof FieldError)) throw error;
      this.state.isOutOfScope = error.refusal === "scope";
    }
    if (document.visibilityState === "hidden") return;
    this.timer = setTimeout(() => void this.ask(), this.state.reached ? ASK_EVERY_MS : ASK_OFFLINE_MS);
  }
}

function readCalled(): FieldState["called"] {
  const asked = new URLSearchParams(location.search);
  return { round: asked.get("round") ?? "", person: asked.get("person") ?? "" };
}

export const FIELD: InjectionKey<FieldApp> = Symbol("field");

export function useField(): FieldApp {
  const app = inject(FIELD);
  if (!app) throw new Error("no field app");
  return app;
}
