import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { UNDO_MS } from "../engine/queue.ts";
import { retryDelay } from "../engine/sender.ts";
import { newPhone, openTestEngine, recordOutcome, ROUND, seeded, STATION, TestClock, TestServer, VILLAGE, type Trouble } from "./support.ts";

describe("sending", () => {
  let clock: TestClock;
  let server: TestServer;
  let engine: Engine;

  beforeEach(async () => {
    newPhone();
    clock = new TestClock();
    server = new TestServer(clock);
    engine = await openTestEngine(server, clock);
  });

  it("sends all there is in batches of 200, in order, with the token", async () => {
    for (let place = 0; place < 450; place += 1) await recordOutcome(engine, `p${place}`);
    await engine.sender.sendNow();
    expect(server.batches.map((batch) => batch.length)).toEqual([200, 200, 50]);
    expect(server.batches.flat().map(({ seq }) => seq)).toEqual(Array.from({ length: 450 }, (_, place) => place + 1));
    expect(await engine.queue.counts()).toMatchObject({ accepted: 450, unsent: 0 });
    const [session, first] = server.requests;
    expect(session).toMatchObject({ withCookie: true, headers: { "X-CSRFToken": "csrf" }, body: { device: engine.device } });
    expect(first).toMatchObject({ withCookie: false, headers: { Authorization: "Bearer token-1" } });
  });

  it("keeps everything when the network is gone and sends it when it is back", async () => {
    await recordOutcome(engine, "p1");
    server.trouble = () => "lost_before";
    await engine.sender.sendNow();
    expect(engine.sender.status.problem).toBe("unreachable");
    expect(await engine.queue.counts()).toMatchObject({ unsent: 1 });
    server.trouble = () => "none";
    await engine.sender.sendNow();
    expect(engine.sender.status.problem).toBeNull();
    expect(await engine.queue.counts()).toMatchObject({ accepted: 1, unsent: 0 });
  });

  it("takes a duplicate for what it is when only the answer was lost", async () => {
    await recordOutcome(engine, "p1");
    server.trouble = () => "lost_after";
    await engine.sender.sendNow();
    server.trouble = () => "none";
    await engine.sender.sendNow();
    expect(server.batches.flat().map(({ seq }) => seq)).toEqual([1, 1]);
    expect(await engine.queue.counts()).toMatchObject({ duplicate: 1, unsent: 0 });
  });

  it("is not fooled by a login page in between that answers 200", async () => {
    await recordOutcome(engine, "p1");
    server.trouble = () => "captive";
    await engine.sender.sendNow();
    expect(engine.sender.status.problem).toBe("unreachable");
    expect(await engine.queue.counts()).toMatchObject({ unsent: 1 });
  });

  it("gets a new token when the old one has run out", async () => {
    await recordOutcome(engine, "p1");
    await engine.sender.sendNow();
    server.token = "token-2";
    await recordOutcome(engine, "p2");
    await engine.sender.sendNow();
    expect(await engine.queue.counts()).toMatchObject({ accepted: 2 });
  });

  it("asks for the login and keeps the queue when the login has ended", async () => {
    server.loggedIn = false;
    await recordOutcome(engine, "p1");
    await engine.sender.sendNow();
    expect(engine.sender.status.problem).toBe("login");
    expect(await engine.queue.counts()).toMatchObject({ unsent: 1 });
  });

  it("never sends one account's queue under another one's login", async () => {
    server.account = "0199a0b0-0000-7000-8000-00000000000b";
    await recordOutcome(engine, "p1");
    await engine.sender.sendNow();
    expect(engine.sender.status.problem).toBe("account");
    expect(server.batches).toEqual([]);
    expect(await engine.queue.counts()).toMatchObject({ unsent: 1 });
  });

  it("keeps the records of a village that is no longer the worker's and sends the others", async () => {
    server.foreign.add("village-a");
    await recordOutcome(engine, "p1", "village-a");
    const other = await recordOutcome(engine, "p2", "village-b");
    await engine.sender.sendNow();
    expect([...server.stored.keys()]).toEqual([other]);
    expect(engine.sender.status.problem).toBe("scope");
    server.foreign.clear();
    clock.pass(11 * 60_000);
    await engine.sender.sendNow();
    expect(server.stored.size).toBe(2);
    expect(engine.sender.status.problem).toBeNull();
  });

  it("sends smaller batches when the server finds them too large", async () => {
    server.maximum = 30;
    for (let place = 0; place < 100; place += 1) await recordOutcome(engine, `p${place}`);
    await engine.sender.sendNow();
    expect(server.stored.size).toBe(100);
    expect(await engine.queue.counts()).toMatchObject({ accepted: 100, unsent: 0 });
  });

  it("puts aside the one record that the server can't read, and lets the others through", async () => {
    const ids = [];
    for (let place = 0; place < 20; place += 1) ids.push(await recordOutcome(engine, `p${place}`));
    server.unreadable.add(ids[7] ?? "");
    await engine.sender.sendNow();
    expect(server.stored.size).toBe(19);
    expect((await engine.queue.tray()).map(({ id, code }) => [id, code])).toEqual([[ids[7], "unreadable"]]);
  });

  it("waits longer after each failure, a minute at most", () => {
    const delays = Array.from({ length: 12 }, (_, failures) => retryDelay(failures + 1, () => 1));
    expect(delays.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    expect(Math.max(...delays)).toBe(60_000);
    expect(retryDelay(3, () => 0)).toBe(3_000);
  });

  it("pauses when an answer settles nothing, instead of asking without end", async () => {
    await recordOutcome(engine, "p1");
    server.trouble = () => "mute";
    await engine.sender.sendNow();
    expect(server.batches).toHaveLength(1);
    expect(engine.sender.status.problem).toBe("unreachable");
    expect(await engine.queue.counts()).toMatchObject({ unsent: 1 });
  });
});

describe("sending by itself", () => {
  let server: TestServer;
  let engine: Engine;

  beforeEach(async () => {
    newPhone();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const clock = new TestClock();
    server = new TestServer(clock);
    engine = await openTestEngine(server, clock, { now: Date.now });
    engine.sender.start();
    await engine.sender.sendNow();
  });

  afterEach(() => {
    engine.close();
    vi.useRealTimers();
  });

  /** Lets time pass in small steps, so that what the database does in between gets its turn. */
  const pass = async (ms: number): Promise<void> => {
    for (let step = 0; step < 20; step += 1) {
      await vi.advanceTimersByTimeAsync(ms / 20);
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it("begins as soon as a record is made", async () => {
    const id = await recordOutcome(engine, "p1");
    await pass(20);
    expect([...server.stored.keys()]).toEqual([id]);
  });

  it("sends a sample when its undo time is over, not before", async () => {
    await engine.queue.record(VILLAGE, "sample", { round: ROUND, station: STATION, tube: "X-1", person: "p1" }, true);
    await pass(UNDO_MS - 500);
    expect(server.stored.size).toBe(0);
    await pass(1_000);
    expect(server.stored.size).toBe(1);
  });

  it("tries again after a failure without being asked, and new records do not make it hammer", async () => {
    server.trouble = () => "lost_before";
    for (let turn = 0; turn < 5; turn += 1) {
      await recordOutcome(engine, `p${turn}`);
      await pass(20);
    }
    const tries = server.requests.filter(({ path }) => path === "/api/field/records").length;
    expect(tries).toBe(1);
    server.trouble = () => "none";
    await pass(2_000);
    expect(server.stored.size).toBe(5);
  });

  it("stops trying while only a log-in can help, and goes on when woken after it", async () => {
    server.loggedIn = false;
    server.token = "token-2";
    await recordOutcome(engine, "p1");
    await pass(120_000);
    expect(server.requests.filter(({ path }) => path === "/api/field/session").length).toBeLessThan(4);
    server.loggedIn = true;
    engine.sender.wake();
    await pass(20);
    expect(server.stored.size).toBe(1);
  });
});

describe("two pages over one queue", () => {
  it.each([
    ["with Web Locks", navigator.locks as LockManager | undefined],
    ["with a lease", undefined],
  ])("never give one number twice nor send a record twice (%s)", async (_, locks) => {
    newPhone();
    const clock = new TestClock();
    const server = new TestServer(clock);
    const [one, two] = [await openTestEngine(server, clock, { locks }), await openTestEngine(server, clock, { locks })];
    expect(one.device).toBe(two.device);
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.all([recordOutcome(one, `one ${turn}`), recordOutcome(two, `two ${turn}`), one.sender.sendNow(), two.sender.sendNow()]);
    }
    await one.sender.sendNow();
    await two.sender.sendNow();
    const sent = server.batches.flat();
    expect(sent).toHaveLength(40);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(40);
    expect(sent.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, place) => place + 1));
  });

  it("go on when the page that held the lease is gone, or wrote it before the clock was set back", async () => {
    newPhone();
    const clock = new TestClock();
    const server = new TestServer(clock);
    const engine = await openTestEngine(server, clock);
    await recordOutcome(engine, "p1");
    await engine.database.setNote("lease", { holder: "a dead page", until: clock.ms + 45_000 });
    await engine.sender.sendNow();
    expect(server.stored.size).toBe(0);
    clock.pass(45_000);
    await engine.sender.sendNow();
    expect(server.stored.size).toBe(1);
    await recordOutcome(engine, "p2");
    await engine.database.setNote("lease", { holder: "a dead page", until: clock.ms + 365 * 86_400_000 });
    await engine.sender.sendNow();
    expect(server.stored.size).toBe(2);
  });
});

describe("whatever the network does", () => {
  const TROUBLES: Trouble[] = ["none", "lost_before", "lost_after", "busy", "half", "captive"];

  it.each(Array.from({ length: 25 }, (_, seed) => seed + 1))("nothing is lost, doubled or renumbered (seed %i)", async (seed) => {
    newPhone();
    const random = seeded(seed);
    const clock = new TestClock();
    const server = new TestServer(clock);
    server.trouble = () => TROUBLES[Math.floor(random() * TROUBLES.length)] ?? "none";
    const locks = random() < 0.5 ? (navigator.locks as LockManager) : undefined;
    let pages = [await openTestEngine(server, clock, { locks }), await openTestEngine(server, clock, { locks })];
    const made = new Set<string>();
    const takenBack = new Set<string>();
    for (let step = 0; step < 60; step += 1) {
      const page = pages[random() < 0.5 ? 0 : 1] as Engine;
      const dice = random();
      if (dice < 0.45) {
        const data = { round: ROUND, station: STATION, tube: "X-1", person: `p${step}` };
        made.add((await page.queue.record(VILLAGE, "sample", data, random() < 0.7)).id);
      } else if (dice < 0.6 && made.size > 0) {
        const id = [...made][Math.floor(random() * made.size)] ?? "";
        if ((await page.queue.undo(id)) === "taken_back") takenBack.add(id);
      } else if (dice < 0.9) {
        await Promise.all(pages.map((each) => each.sender.sendNow()));
      } else if (dice < 0.95) {
        clock.pass(Math.floor(random() * 40_000) - 10_000);
      } else {
        for (const each of pages) each.close();
        pages = [await openTestEngine(server, clock, { locks }), await openTestEngine(server, clock, { locks })];
      }
    }
    server.trouble = () => "none";
    clock.pass(60_000);
    for (let turn = 0; turn < 3; turn += 1) await pages[0]?.sender.sendNow(true);

    const voids = [...server.stored.values()].filter(({ kind }) => kind === "void");
    const expected = [...made].filter((id) => !takenBack.has(id));
    expect([...server.stored.keys()].filter((id) => made.has(id)).sort()).toEqual(expected.sort());
    expect(server.stored.size).toBe(expected.length + voids.length);
    expect((await pages[0]?.queue.counts())?.unsent).toBe(0);
    const numbers = [...server.stored.values()].map(({ seq }) => seq).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, place) => place + 1));
    const idsBySeq = new Map<number, string>();
    for (const { id, seq } of server.batches.flat()) {
      expect(idsBySeq.get(seq) ?? id).toBe(id);
      idsBySeq.set(seq, id);
    }
    const firstSeen = [...new Set(server.batches.flat().map(({ seq }) => seq))];
    expect(firstSeen).toEqual([...firstSeen].sort((a, b) => a - b));
  });
});
