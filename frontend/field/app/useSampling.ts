import { computed, shallowRef, type ComputedRef, type Ref } from "vue";
import type { Person } from "../engine/api.ts";
import type { ShortReason, Subject, VoidReason } from "../engine/records.ts";
import { isOpen, SamplingError, type Sampling, type SamplingFault, type Tube } from "../engine/sampling.ts";
import type { Choice, FieldApp } from "./context.ts";
import { useLive } from "./live.ts";

/** Whom a swab is of: a person who was found, or a card that could not be looked up. */
export type Candidate = { person: Person; card: null } | { person: null; card: string };

export function subjectOf(candidate: Candidate): Subject {
  return candidate.person ? { person: candidate.person.id } : { card: candidate.card };
}

export interface SamplingDesk {
  /** The database has answered. */
  isLoaded: ComputedRef<boolean>;
  tubes: Readonly<Ref<Tube[]>>;
  /** The tube that takes the next swab. */
  current: ComputedRef<Tube | null>;
  /** Other tubes that are open. */
  others: ComputedRef<Tube[]>;
  /** Closed tubes, the last closed last. */
  closed: ComputedRef<Tube[]>;
  fault: Ref<SamplingFault | null>;
  switchTo(code: string): void;
  open(code: string, pool: number): Promise<boolean>;
  putAway(code: string): Promise<boolean>;
  sample(candidate: Candidate): Promise<boolean>;
  sampleSingly(candidate: Candidate, code: string): Promise<boolean>;
  close(code: string, reason: ShortReason | null): Promise<boolean>;
  voidSwab(record: string, reason: VoidReason): Promise<boolean>;
}

/** The desk of one round at one station: the tubes as they are in the phone's database, and the steps. */
export function useSampling(app: FieldApp, choice: Choice): SamplingDesk {
  const sampling: Sampling = app.engine.sampling(choice.village, choice.round, choice.station);
  const stored = useLive<Tube[] | null>(() => sampling.tubes(), null);
  const tubes = computed(() => stored.value ?? []);
  const chosen = shallowRef<string | null>(null);
  const fault = shallowRef<SamplingFault | null>(null);
  const open = computed(() => tubes.value.filter(isOpen));
  // Whoever has a pool comes before a tube for one, which is only used in between.
  const current = computed(() => open.value.find(({ code }) => code === chosen.value) ?? open.value.find(({ pool }) => pool > 1) ?? open.value[0] ?? null);
  let busy = false;

  /** One step at a time: a second press while the first is being stored does nothing. */
  async function step(work: () => Promise<unknown>): Promise<boolean> {
    if (busy) return false;
    busy = true;
    fault.value = null;
    try {
      if ((await app.keep(work)) === null) return false;
      return true;
    } catch (error) {
      if (!(error instanceof SamplingError)) throw error;
      fault.value = error.fault;
      app.signals.give("stop");
      return false;
    } finally {
      busy = false;
    }
  }

  async function told(work: () => Promise<unknown>): Promise<boolean> {
    const done = await step(work);
    if (done) app.signals.give("ok");
    return done;
  }

  return {
    isLoaded: computed(() => stored.value !== null),
    tubes,
    current,
    others: computed(() => open.value.filter((tube) => tube !== current.value)),
    closed: computed(() => tubes.value.filter((tube) => !isOpen(tube)).sort((one, two) => (one.closing?.order ?? 0) - (two.closing?.order ?? 0))),
    fault,
    switchTo: (code) => {
      chosen.value = code;
    },
    open: (code, pool) => {
      chosen.value = code;
      return told(() => sampling.open(code, pool));
    },
    putAway: (code) => step(() => sampling.putAway(code)),
    sample: (candidate) => told(() => sampling.sample(current.value?.code ?? "", subjectOf(candidate), candidate.person?.retest ?? false)),
    sampleSingly: (candidate, code) => told(() => sampling.sampleSingly(code, subjectOf(candidate), candidate.person?.retest ?? false)),
    close: (code, reason) => told(() => sampling.close(code, reason)),
    voidSwab: (record, reason) => step(() => sampling.undoSwab(record, reason)),
  };
}
