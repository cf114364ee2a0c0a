import type { Person } from "../engine/api.ts";
import { fillOf, type Swab, type Tube } from "../engine/sampling.ts";
import type { Signal } from "./signals.ts";

/** What must be read before this person is sampled; the words stand in the texts under `advice`. */
export type Advice =
  | "sampled"
  | "sampled_here"
  | "single"
  | "retest"
  | "excused"
  | "unreachable"
  | "refused"
  | "unknown_card"
  | "no_tube"
  | "tube_full";

/** What the big button does: swab · single: into a tube of their own · again: although already sampled · none */
export type NextStep = "swab" | "single" | "again" | "none";

export interface Verdict {
  signal: Signal;
  advice: Advice[];
  step: NextStep;
}

/**
 * @param person null when only a card was read
 * @param swabHere the swab that this phone took of them in this round
 * @param tube the tube that would take the swab
 * @param alwaysSingle the round gives everybody a tube of their own
 */
export function judge(person: Person | null, swabHere: Swab | null, tube: Tube | null, alwaysSingle = false): Verdict {
  const advice: Advice[] = [];
  if (person === null) advice.push("unknown_card");
  const retest = person?.retest ?? false;
  const sampled = swabHere !== null || (person?.state === "done" && !retest);
  if (swabHere) advice.push("sampled_here");
  else if (sampled) advice.push("sampled");
  if (retest) advice.push("retest");
  else if (person?.single && !alwaysSingle) advice.push("single");
  if (person && !sampled && (person.state === "excused" || person.state === "unreachable" || person.state === "refused")) {
    advice.push(person.state);
  }
  const alone = alwaysSingle || retest || (person?.single ?? false);
  const step = nextStep(sampled, alone, tube, advice);
  return { signal: sampled || step === "none" ? "stop" : advice.length > 0 ? "look" : "ok", advice, step };
}

function nextStep(sampled: boolean, alone: boolean, tube: Tube | null, advice: Advice[]): NextStep {
  const fill = tube ? fillOf(tube) : "closed";
  if (alone && !(tube?.pool === 1 && fill === "empty")) return sampled ? "none" : "single";
  if (fill === "closed" || fill === "full") {
    advice.push(fill === "full" ? "tube_full" : "no_tube");
    return "none";
  }
  return sampled ? "again" : "swab";
}
