import { describe, expect, it } from "vitest";
import { rfc3339, ServerClock } from "../engine/times.ts";
import { uuid7Maker } from "../engine/uuid7.ts";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("uuid7", () => {
  it("has the form of RFC 9562 and begins with the time", () => {
    const id = uuid7Maker(() => 0x017f22e279b0)();
    expect(id).toMatch(UUID7);
    expect(id.startsWith("017f22e2-79b0-7")).toBe(true);
  });

  it("never repeats and sorts by creation, within a millisecond too", () => {
    const make = uuid7Maker(() => 1_668_734_530_123);
    const ids = Array.from({ length: 20_000 }, make);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => UUID7.test(id))).toBe(true);
  });

  it("keeps its order while the clock jitters and believes a clock that was set back", () => {
    let now = 1_668_734_530_000;
    const make = uuid7Maker(() => now);
    const first = make();
    now -= 2_000;
    const second = make();
    expect(second > first).toBe(true);
    now -= 3_600_000;
    expect(make() < first).toBe(true);
  });
});

describe("times", () => {
  it("are written as the phone's clock shows them, with milliseconds and offset", () => {
    const ms = Date.parse("2022-11-18T01:42:10.120Z");
    expect(rfc3339(ms, 480)).toBe("2022-11-18T09:42:10.120+08:00");
    expect(rfc3339(ms, -210)).toBe("2022-11-17T22:12:10.120-03:30");
    expect(Date.parse(rfc3339(ms))).toBe(ms);
  });

  it("tell how far the phone is ahead of the server, half the round trip allowed for", () => {
    const clock = new ServerClock(() => 1_000_000);
    expect(clock.serverNow()).toBe(1_000_000);
    clock.observe(900_000, new Date(600_000).toISOString(), 900_400);
    expect(clock.aheadMs).toBe(300_200);
    expect(clock.serverNow()).toBe(699_800);
    clock.observe(0, "not a time", 0);
    expect(clock.aheadMs).toBe(300_200);
  });
});
