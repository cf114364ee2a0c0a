import { beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { UNDO_MS } from "../engine/queue.ts";
import type { Outcome, RecordState } from "../engine/records.ts";
import { newPhone, openTestEngine, recordOutcome, ROUND, STATION, TestClock, TestServer, VILLAGE } from "./support.ts";

const NONE: ReadonlySet<string> = new Set();

describe("the queue", () => {
  let clock: TestClock;
  let server: TestServer;
  let engine: Engine;

  beforeEach(async () => {
    newPhone();
    clock = new TestClock();
    server = new TestServer(clock);
    engine = await openTestEngine(server, clock);
  });

  const sample = (person: string): Promise<string> =>
    engine.queue.record(VILLAGE, "sample", { round: ROUND, station: STATION, tube: "X-1", person }, true).then(({ id }) => id);

  it("survives the end of the page, with the device's id", async () => {
    const id = await recordOutcome(engine, "p1");
    engine.close();
    const again = await openTestEngine(server, clock);
    expect((await again.queue.latest(9)).map((record) => record.id)).toEqual([id]);
    expect(again.device).toBe(engine.device);
  });

  it("belongs to its account: another one on the same phone has a queue and a device id of its own", async () => {
    await recordOutcome(engine, "p1");
    const other = await openTestEngine(server, clock, { account: "0199a0b0-0000-7000-8000-00000000000b" });
    expect(await other.queue.latest(9)).toEqual([]);
    expect(other.device).not.toBe(engine.device);
  });

  it("numbers records without holes when they are sent, not when they are made", async () => {
    const first = await recordOutcome(engine, "p1");
    const slip = await recordOutcome(engine, "p2");
    const third = await recordOutcome(engine, "p3");
    expect(await engine.queue.undo(slip)).toBe("taken_back");
    const batch = await engine.queue.claim(200, NONE);
    expect(batch?.records.map(({ id, seq }) => [id, seq])).toEqual([
      [first, 1],
      [third, 2],
    ]);
  });

  it("gives the same numbers again to what was not answered, and takes new records along", async () => {
    await recordOutcome(engine, "p1");
    const before = await engine.queue.claim(200, NONE);
    await recordOutcome(engine, "p2");
    const after = await engine.queue.claim(200, NONE);
    expect(after?.records[0]).toEqual(before?.records[0]);
    expect(after?.records.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("holds a sample back for ten seconds, and what was made after it too", async () => {
    await recordOutcome(engine, "before");
    const held = await sample("p1");
    const after = await recordOutcome(engine, "after");
    expect((await engine.queue.claim(200, NONE))?.records.map(({ seq }) => seq)).toEqual([1]);
    await engine.queue.settle([accepted((await engine.queue.latest(3))[2]?.id ?? "")]);
    expect(await engine.queue.claim(200, NONE)).toBeNull();
    expect(await engine.queue.nextRelease()).toBe(clock.ms + UNDO_MS);
    clock.pass(UNDO_MS);
    expect((await engine.queue.claim(200, NONE))?.records.map(({ id }) => id)).toEqual([held, after]);
  });

  it("does not hold a sample back for years when the clock is set back", async () => {
    await sample("p1");
    clock.pass(-10 * 365 * 86_400_000);
    expect((await engine.queue.claim(200, NONE))?.records).toHaveLength(1);
  });

  it("sends what is held back when asked to send early", async () => {
    await sample("p1");
    expect((await engine.queue.claim(200, NONE, true))?.records).toHaveLength(1);
  });

  it("puts one village's records into a batch, the limit at most", async () => {
    for (let place = 0; place < 5; place += 1) await recordOutcome(engine, `a${place}`, "village-a");
    await recordOutcome(engine, "b", "village-b");
    const first = await engine.queue.claim(3, NONE);
    expect([first?.village, first?.records.length]).toEqual(["village-a", 3]);
    expect((await engine.queue.claim(200, new Set(["village-a"])))?.village).toBe("village-b");
  });

  it.each<[RecordState, "taken_back" | "voided"]>([
    ["waiting", "taken_back"],
    ["claimed", "voided"],
    ["accepted", "voided"],
    ["duplicate", "voided"],
    ["held", "voided"],
    ["quarantined", "voided"],
  ])("undoes a record that is %s: %s", async (state, expected) => {
    const id = await sample("p1");
    if (state !== "waiting") await engine.queue.claim(200, NONE, true);
    if (state !== "waiting" && state !== "claimed") await engine.queue.settle([{ ...accepted(id), outcome: state }]);
    expect(await engine.queue.undo(id, "wrong_person")).toBe(expected);
    expect(await engine.queue.undo(id, "wrong_person")).toBe("already");
    const records = await engine.queue.latest(9);
    if (expected === "taken_back") {
      expect(records).toEqual([]);
    } else {
      expect(records.map(({ kind }) => kind)).toEqual(["void", "sample"]);
      expect(records[0]?.data).toEqual({ record: id, reason: "wrong_person" });
      expect(records[1]?.voidedBy).toBe(records[0]?.id);
    }
  });

  it("does not undo a record that undoes another", async () => {
    const id = await recordOutcome(engine, "p1");
    await engine.queue.claim(200, NONE);
    await engine.queue.undo(id);
    const voiding = (await engine.queue.latest(1))[0];
    expect(await engine.queue.undo(voiding?.id ?? "")).toBe("already");
  });

  it("keeps the server's answer on the record and shows in the tray what was not taken as it is", async () => {
    const [fine, flagged, refused] = [await recordOutcome(engine, "1"), await recordOutcome(engine, "2"), await recordOutcome(engine, "3")];
    await engine.queue.claim(200, NONE);
    await engine.queue.settle([
      accepted(fine),
      { ...accepted(flagged), flags: ["over_pool"] },
      { ...accepted(refused), outcome: "quarantined", code: "round_closed", words: "本轮已关闭" },
    ]);
    const tray = await engine.queue.tray();
    expect(tray.map(({ id }) => id)).toEqual([refused, flagged]);
    expect(tray[0]).toMatchObject({ state: "quarantined", code: "round_closed", words: "本轮已关闭" });
    expect(await engine.queue.counts()).toMatchObject({ accepted: 2, quarantined: 1, unsent: 0, tray: 2 });
    await engine.queue.markSeen(refused);
    expect((await engine.queue.tray()).map(({ id }) => id)).toEqual([flagged]);
    await engine.queue.retry(refused);
    expect((await engine.queue.claim(200, NONE))?.records.map(({ id, seq }) => [id, seq])).toEqual([[refused, 3]]);
  });

  it("ignores answers to what it never sent", async () => {
    const id = await recordOutcome(engine, "p1");
    expect(await engine.queue.settle([accepted(id), accepted("unknown")])).toEqual([]);
    expect(await engine.queue.counts()).toMatchObject({ waiting: 1 });
  });

  it("sends again what the server says it misses", async () => {
    const id = await recordOutcome(engine, "p1");
    await engine.queue.claim(200, NONE);
    await engine.queue.settle([accepted(id)]);
    await engine.queue.settle([], [1, 7]);
    expect((await engine.queue.claim(200, NONE))?.records.map(({ seq }) => seq)).toEqual([1]);
  });

  it("forgets old accepted records, but neither unsent ones, nor the tray, nor those of an open tube", async () => {
    await engine.queue.record(VILLAGE, "tube.open", { round: ROUND, station: STATION, tube: "X-1", pool: 10 });
    await sample("kept with its tube");
    const [old, flagged] = [await recordOutcome(engine, "old"), await recordOutcome(engine, "flagged")];
    await engine.queue.claim(200, NONE, true);
    const all = await engine.queue.latest(9);
    await engine.queue.settle(all.map(({ id }) => ({ ...accepted(id), flags: id === flagged ? ["tube_ended"] : [] })));
    const unsent = await recordOutcome(engine, "unsent");
    clock.pass(73 * 3_600_000);
    engine.close();
    const again = await openTestEngine(server, clock);
    const kept = (await again.queue.latest(9)).map(({ id }) => id);
    expect(kept).not.toContain(old);
    expect(kept).toEqual(expect.arrayContaining([unsent, flagged]));
    expect(kept).toHaveLength(4);
  });
});

function accepted(id: string): Outcome {
  return { id, outcome: "accepted", code: "", words: "", flags: [] };
}
