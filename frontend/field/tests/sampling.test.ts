import { beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import cards from "../../../contracts/cases/card-tokens.json";
import { readPersonCard, readToken, readTubeCode } from "../engine/codes.ts";
import { ageOf, fillOf, minutesOf, SamplingError, swabOf, type Sampling, type Tube } from "../engine/sampling.ts";
import { newPhone, openTestEngine, ROUND, STATION, TestClock, TestServer, VILLAGE } from "./support.ts";

const CASES: { text: string; token: string | null }[] = cards.cases;

describe("the sampling model", () => {
  let clock: TestClock;
  let server: TestServer;
  let engine: Engine;
  let sampling: Sampling;

  beforeEach(async () => {
    newPhone();
    clock = new TestClock();
    server = new TestServer(clock);
    engine = await openTestEngine(server, clock);
    sampling = engine.sampling(VILLAGE, ROUND, STATION);
  });

  const tube = async (code: string): Promise<Tube> => {
    const found = (await sampling.tubes()).find((each) => each.code === code);
    if (!found) throw new Error(`no tube ${code}`);
    return found;
  };

  const fault = (promise: Promise<unknown>): Promise<string> => promise.then(
    () => "none",
    (error: unknown) => (error instanceof SamplingError ? error.fault : String(error)),
  );

  it("fills a tube up to its pool and no further", async () => {
    await sampling.open("X-1", 3);
    const fills = [fillOf(await tube("X-1"))];
    for (const person of ["p1", "p2", "p3"]) {
      await sampling.sample("X-1", { person });
      fills.push(fillOf(await tube("X-1")));
    }
    expect(fills).toEqual(["empty", "room", "last", "full"]);
    expect(await fault(sampling.sample("X-1", { person: "p4" }))).toBe("tube_full");
  });

  it("does not let two pages overfill a tube", async () => {
    const other = (await openTestEngine(server, clock)).sampling(VILLAGE, ROUND, STATION);
    await sampling.open("X-1", 5);
    const tries = Array.from({ length: 6 }, (_, place) => [
      fault(sampling.sample("X-1", { person: `a${place}` })),
      fault(other.sample("X-1", { person: `b${place}` })),
    ]);
    const faults = await Promise.all(tries.flat());
    expect(faults.filter((each) => each === "none")).toHaveLength(5);
    expect((await tube("X-1")).swabs).toHaveLength(5);
  });

  it("closes a full tube without a reason and a short one only with a reason", async () => {
    await sampling.open("X-1", 2);
    expect(await fault(sampling.close("X-1", "damaged"))).toBe("tube_empty");
    await sampling.sample("X-1", { person: "p1" });
    expect(await fault(sampling.close("X-1", null))).toBe("reason_needed");
    await sampling.sample("X-1", { card: "PTOKEN" });
    expect(await fault(sampling.close("X-1", "no_more_people"))).toBe("reason_not_needed");
    const closing = await sampling.close("X-1", null);
    expect(closing.data).toEqual({ round: ROUND, tube: "X-1", count: 2, reason: null });
    expect(await fault(sampling.sample("X-1", { person: "p3" }))).toBe("tube_closed");
  });

  it("opens a tube again when its closing is undone, and gives a swab's place back when the swab is", async () => {
    await sampling.open("X-1", 1);
    const swab = await sampling.sample("X-1", { person: "p1" });
    const closing = await sampling.close("X-1", null);
    await engine.queue.undo(closing.id);
    expect(fillOf(await tube("X-1"))).toBe("full");
    await engine.sender.sendNow(true);
    await engine.queue.undo(swab.id);
    expect(fillOf(await tube("X-1"))).toBe("empty");
    await sampling.sample("X-1", { person: "p2" });
    expect((await tube("X-1")).swabs.map(({ subject }) => subject)).toEqual([{ person: "p2" }]);
  });

  it("refuses a code that this phone already used in the round, unless its opening was taken back", async () => {
    await sampling.open("X-1", 10);
    expect(await fault(sampling.open("X-1", 10))).toBe("tube_known");
    expect(await sampling.putAway("X-1")).toBe("taken_back");
    await sampling.open("X-1", 1);
    expect((await tube("X-1")).pool).toBe(1);
    await sampling.sample("X-1", { person: "p1" });
    expect(await fault(sampling.putAway("X-1"))).toBe("tube_not_empty");
  });

  it("gives one who must be alone a tube of their own beside the open one", async () => {
    await sampling.open("X-1", 10);
    await sampling.sampleSingly("S-1", { person: "p1" }, true);
    const single = await tube("S-1");
    expect([single.pool, fillOf(single), single.closing?.data.count]).toEqual([1, "closed", 1]);
    expect(single.swabs[0]?.record.data.retest).toBe(true);
    expect(fillOf(await tube("X-1"))).toBe("empty");
    expect(await fault(sampling.sampleSingly("S-1", { person: "p2" }))).toBe("tube_known");
  });

  it("opens a closed tube again when a swab of it is undone, since its count is no longer true", async () => {
    const swab = await sampling.sampleSingly("S-1", { person: "p1" });
    await engine.sender.sendNow(true);
    expect(await sampling.undoSwab(swab.id, "wrong_person")).toBe("voided");
    expect(fillOf(await tube("S-1"))).toBe("empty");
    await engine.sender.sendNow(true);
    expect([...server.stored.values()].map(({ kind }) => kind)).toEqual(["tube.open", "sample", "tube.close", "void", "void"]);
    await sampling.sampleSingly("S-1", { person: "p2" });
    expect(fillOf(await tube("S-1"))).toBe("closed");
  });

  it("finds the swab of a person or a card", async () => {
    await sampling.open("X-1", 10);
    await sampling.sample("X-1", { card: "PTOKEN" });
    const tubes = await sampling.tubes();
    expect(swabOf(tubes, { card: "PTOKEN" })?.record.data.tube).toBe("X-1");
    expect(swabOf(tubes, { person: "PTOKEN" })).toBeNull();
    expect(swabOf(tubes, { card: "PTOKEN" }, true)).toBeNull();
  });

  it("counts an open tube's minutes from its first swab, a closed one's from its closing", async () => {
    await sampling.open("X-1", 10);
    clock.pass(30 * 60_000);
    expect(minutesOf(await tube("X-1"), clock.ms)).toBeNull();
    await sampling.sample("X-1", { person: "p1" });
    const ages = [];
    for (const minutes of [49, 1, 9, 1]) {
      clock.pass(minutes * 60_000);
      ages.push(ageOf(await tube("X-1"), clock.ms, 60));
    }
    expect(ages).toEqual(["fresh", "soon", "soon", "late"]);
    await sampling.close("X-1", "end_of_session");
    clock.pass(5 * 60_000);
    expect(minutesOf(await tube("X-1"), clock.ms)).toBe(5);
    expect(ageOf(await tube("X-1"), clock.ms, 60)).toBe("fresh");
  });

  it("is the same after the page was loaded again", async () => {
    await sampling.open("X-1", 10);
    await sampling.sample("X-1", { person: "p1" });
    const before = await sampling.tubes();
    engine.close();
    const again = (await openTestEngine(server, clock)).sampling(VILLAGE, ROUND, STATION);
    expect(await again.tubes()).toEqual(before);
  });
});

describe("codes", () => {
  it("of tubes are put right as far as the server would take them", () => {
    expect(readTubeCode(" x-0173\n")).toBe("X-0173");
    expect(readTubeCode("Ｘ－０１７３")).toBe("X-0173");
    expect(readTubeCode("张秀英")).toBeNull();
    expect(readTubeCode("-1")).toBeNull();
    expect(readTubeCode("1".repeat(41))).toBeNull();
    expect(readTubeCode("")).toBeNull();
  });

  it.each(CASES)("of cards are read as the server reads them: $text", ({ text, token }) => {
    expect(readToken(text)).toBe(token);
    expect(readPersonCard(text)).toBe(token?.startsWith("P") ? token : null);
  });
});
