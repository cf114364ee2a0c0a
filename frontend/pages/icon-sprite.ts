import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const NAME = "icons.svg";
const FILLED = "-filled";

/**
 * Makes one file of symbols out of the Tabler icons that `icons.json` names, so that a page refers to an icon by
 * `icons.svg#name` and none is shipped that nobody uses. The manifest knows it as `icons.svg`.
 */
export function iconSprite(): Plugin {
  return {
    name: "icon-sprite",
    apply: "build",
    buildStart() {
      const list = new URL("./icons.json", import.meta.url);
      const names = JSON.parse(readFileSync(list, "utf8")) as string[];
      this.emitFile({ type: "asset", name: NAME, originalFileName: NAME, source: sprite(names) });
    },
  };
}

function sprite(names: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("")}</svg>`;
}

function symbol(name: string): string {
  const isFilled = name.endsWith(FILLED);
  const file = isFilled ? `filled/${name.slice(0, -FILLED.length)}` : `outline/${name}`;
  const svg = readFileSync(createRequire(import.meta.url).resolve(`@tabler/icons/${file}.svg`), "utf8");
  const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "");
  const paint = isFilled ? 'fill="currentColor"' : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
}
