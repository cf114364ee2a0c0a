import { describe, expect, it } from "vitest";
import { dayTime } from "../app/words.ts";

const words = (key: string, named?: Record<string, unknown>): string => `${key} ${String(named?.["time"])}`;
const at = (day: number, hour: number): number => new Date(2022, 10, day, hour, 15).getTime();

describe("the time of day", () => {
  it.each([
    ["common.yesterday", 17],
    ["common.today", 18],
    ["common.tomorrow", 19],
    ["common.day", 20],
    ["common.day", 16],
  ])("is %s's on the %sth, seen on the 18th", (key, day) => {
    expect(dayTime(at(day, 11), at(18, 9), words, "zh-hans")).toBe(`${key} 11:15`);
  });
});
