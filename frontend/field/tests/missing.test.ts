import { describe, expect, it } from "vitest";
import { byHouse } from "../app/useMissing.ts";
import type { Person } from "../engine/api.ts";

const person = (id: string): Person => ({ id }) as Person;

describe("the missing list", () => {
  it("puts a household together that two pages parted, and counts house numbers as numbers", () => {
    const pages = [
      { area: "第一微网格", house: "西头岭 10 号", people: [person("a")] },
      { area: "第一微网格", house: "西头岭 2 号", people: [person("b")] },
      { area: "北头岭微网格", house: "北头岭 3 号", people: [person("c")] },
      { area: "第一微网格", house: "西头岭 10 号", people: [person("d")] },
    ];
    expect(byHouse(pages).map(({ house, people }) => [house, people.map(({ id }) => id)])).toEqual([
      ["北头岭 3 号", ["c"]],
      ["西头岭 2 号", ["b"]],
      ["西头岭 10 号", ["a", "d"]],
    ]);
  });
});
