import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Texts = { [key: string]: string | Texts };

const here = new URL("..", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, here), "utf8");

function flat(texts: Texts, prefix = ""): Map<string, string> {
  const pairs = Object.entries(texts).flatMap(([key, text]): [string, string][] =>
    typeof text === "string" ? [[prefix + key, text]] : [...flat(text, `${prefix}${key}.`)],
  );
  return new Map(pairs);
}

const chinese = flat(JSON.parse(read("locales/zh-hans.json")) as Texts);
const english = flat(JSON.parse(read("locales/en.json")) as Texts);
const source = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(vue|ts)$/.test(path) && !path.startsWith("tests"))
  .map(read)
  .join("\n");

describe("the texts", () => {
  it("are complete in both languages, with the same names to fill in", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, text] of chinese) expect([key, names(english.get(key) ?? "")]).toEqual([key, names(text)]);
  });

  it("hold no Chinese on English pages and no jargon on Chinese ones", () => {
    expect([...english.values()].filter((text) => /[\u4e00-\u9fff]/.test(text))).toEqual([]);
    expect([...chinese.values()].filter((text) => /[A-Za-z]{2,}/.test(text.replace(/\{\w+\}/g, "")))).toEqual([]);
  });

  it("are all used", () => {
    const prefixes = [...source.matchAll(/`([a-z_]+\.[\w.]*?)\$\{/g)].map((match) => match[1] ?? "");
    const isUsed = (key: string): boolean => source.includes(`"${key}"`) || source.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix));
    expect([...chinese.keys()].filter((key) => !isUsed(key))).toEqual([]);
  });

  it("stand in the source nowhere else", () => {
    const code = source.replace(/\/\*[^]*?\*\/|\/\/.*|<!--[^]*?-->/g, "");
    expect(code.match(/[\u4e00-\u9fff]+/g) ?? []).toEqual(["中文"]);
  });
});
