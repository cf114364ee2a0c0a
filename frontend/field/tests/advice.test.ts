import { describe, expect, it } from "vitest";
import { judge } from "../app/advice.ts";
import type { Person } from "../engine/api.ts";
import type { Swab, Tube } from "../engine/sampling.ts";

const person = (change: Partial<Person> = {}): Person => ({
  id: "p1",
  name: "张秀英",
  sex: "female",
  age: 71,
  house: "12号",
  area: "北头岭",
  state: "owed",
  single: false,
  retest: false,
  groups: [],
  sampled_at: null,
  held_until: null,
  ...change,
});

const tube = (taken: number, pool = 10): Tube => ({
  code: "X-1",
  round: "r",
  station: "s",
  pool,
  opening: {} as Tube["opening"],
  swabs: Array.from({ length: taken }, () => ({}) as Swab),
  closing: null,
});

describe("before somebody is sampled", () => {
  it("nothing needs to be said of one who is owed while the tube has room", () => {
    expect(judge(person(), null, tube(3))).toEqual({ signal: "ok", advice: [], step: "swab" });
  });

  it("one who was sampled already is stopped, but can be sampled again on purpose", () => {
    expect(judge(person({ state: "done" }), null, tube(3))).toEqual({ signal: "stop", advice: ["sampled"], step: "again" });
    expect(judge(person(), {} as Swab, tube(3))).toEqual({ signal: "stop", advice: ["sampled_here"], step: "again" });
  });

  it("one who must be alone gets a single tube, also while the pooled one is full or none is open", () => {
    for (const each of [tube(0), tube(10), tube(1, 1), null]) {
      expect(judge(person({ single: true }), null, each)).toEqual({ signal: "look", advice: ["single"], step: "single" });
    }
    expect(judge(person({ single: true }), null, tube(0, 1)).step).toBe("swab");
  });

  it("a re-test is owed although the round's sample is done, and must be alone", () => {
    expect(judge(person({ state: "done", retest: true }), null, tube(2))).toEqual({ signal: "look", advice: ["retest"], step: "single" });
    expect(judge(person({ state: "done", retest: true }), {} as Swab, tube(2)).step).toBe("none");
  });

  it("excused, unreachable and refusing people may be sampled, and it is said", () => {
    for (const state of ["excused", "unreachable", "refused"] as const) {
      expect(judge(person({ state }), null, tube(2))).toEqual({ signal: "look", advice: [state], step: "swab" });
    }
  });

  it("nobody goes into a full tube or into none", () => {
    expect(judge(person(), null, tube(10))).toEqual({ signal: "stop", advice: ["tube_full"], step: "none" });
    expect(judge(person(), null, null)).toEqual({ signal: "stop", advice: ["no_tube"], step: "none" });
  });

  it("an unknown card says what this phone does not know", () => {
    expect(judge(null, null, tube(2))).toEqual({ signal: "look", advice: ["unknown_card"], step: "swab" });
  });

  it("a round of single tubes asks for one for everybody without a word", () => {
    expect(judge(person(), null, null, true)).toEqual({ signal: "ok", advice: [], step: "single" });
  });
});
