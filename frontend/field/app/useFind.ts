import { shallowRef, type Ref } from "vue";
import { FieldError, type Person } from "../engine/api.ts";
import { readPersonCard } from "../engine/codes.ts";
import type { FieldApp } from "./context.ts";
import type { Candidate } from "./useSampling.ts";

/** Why nobody came out; the words stand in the texts under `find`. */
export type FindProblem = "none" | "offline" | "login" | "scope" | "failed";

export type FindState =
  | { at: "idle" }
  | { at: "searching"; text: string }
  | { at: "problem"; text: string; problem: FindProblem }
  | { at: "many"; text: string; people: Person[]; truncated: boolean }
  | { at: "one"; candidate: Candidate };

/** A card need not wait longer than this for a slow network: its swab can be stored without a name. */
const PATIENCE_MS = 2_500;

export interface Finder {
  state: Ref<FindState>;
  /** `shown` stands for the text where it is said again. */
  find(text: string, shown?: string): Promise<void>;
  take(person: Person): void;
  clear(): void;
}

/** Looks a text up: a card's token, an id number, a name, pinyin, a house number. What is found stays in memory. */
export function useFind(app: FieldApp, village: string, round: string): Finder {
  const state = shallowRef<FindState>({ at: "idle" });
  let latest = 0;

  async function ask(asked: string, text: string): Promise<FindState> {
    try {
      const { people, truncated } = await app.engine.api.find(village, round, asked);
      app.remember(people);
      const [first, second] = people;
      if (!first) return { at: "problem", text, problem: "none" };
      if (!second) return { at: "one", candidate: { person: first, card: null } };
      return { at: "many", text, people, truncated };
    } catch (error) {
      return { at: "problem", text, problem: problemOf(error) };
    }
  }

  async function find(typed: string, shown?: string): Promise<void> {
    const text = typed.normalize("NFKC").trim();
    if (text === "") return;
    const turn = ++latest;
    state.value = { at: "searching", text: shown ?? text };
    const card = readPersonCard(text);
    const asking = ask(text, shown ?? text);
    const answer = await (card === null ? asking : Promise.race([asking, withoutName(card)]));
    if (turn !== latest) return;
    const stuck = answer.at === "problem" && answer.problem !== "none" && answer.problem !== "scope";
    state.value = stuck && card !== null ? { at: "one", candidate: { person: null, card } } : answer;
    if (state.value.at === "problem") app.signals.give("stop");
    if (state.value.at === "many") app.signals.give("look");
  }

  return {
    state,
    find,
    take: (person) => {
      latest += 1;
      state.value = { at: "one", candidate: { person, card: null } };
    },
    clear: () => {
      latest += 1;
      state.value = { at: "idle" };
    },
  };
}

function withoutName(card: string): Promise<FindState> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve({ at: "one", candidate: { person: null, card } });
    }, PATIENCE_MS);
  });
}

function problemOf(error: unknown): FindProblem {
  const refusal = error instanceof FieldError ? error.refusal : null;
  if (refusal === "unreachable") return "offline";
  if (refusal === "login" || refusal === "account") return "login";
  return refusal === "scope" ? "scope" : "failed";
}
