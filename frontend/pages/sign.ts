import { all, on } from "./dom.ts";

const WIDTH = 1000;
const HEIGHT = 400;
const MOST_STROKES = 60;
const MOST_NUMBERS = 600;
const SVG = "http://www.w3.org/2000/svg";

/**
 * Names signed with a finger (`[data-sign=ID]`): strokes are drawn into its svg and kept as JSON in the field with that id,
 * x and y in turn, in a space of 1000 by 400 whatever the screen.
 */
export function startSign(): void {
  for (const place of all("[data-sign]")) {
    prepare(place);
  }
  on("click", "[data-sign-clear]", (button) => {
    const place = button.closest<HTMLElement>("[data-sign]");
    if (place) {
      keep(place, []);
    }
  });
}

function prepare(place: HTMLElement): void {
  const pad = place.querySelector<SVGSVGElement>("svg");
  if (!pad) {
    return;
  }
  keep(place, kept(place));
  let strokes: number[][] | null = null;
  pad.addEventListener("pointerdown", (event) => {
    const before = kept(place);
    if (before.length >= MOST_STROKES) {
      return;
    }
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    strokes = [...before, at(pad, event)];
    draw(pad, strokes);
  });
  pad.addEventListener("pointermove", (event) => {
    const stroke = strokes?.at(-1);
    if (strokes && stroke && stroke.length < MOST_NUMBERS) {
      stroke.push(...at(pad, event));
      draw(pad, strokes);
    }
  });
  const lift = (): void => {
    if (strokes) {
      keep(place, strokes);
      strokes = null;
    }
  };
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);
}

function at(pad: SVGSVGElement, event: PointerEvent): number[] {
  const { left, top, width, height } = pad.getBoundingClientRect();
  const within = (share: number, whole: number): number => Math.min(whole, Math.max(0, Math.round(share * whole)));
  return [within((event.clientX - left) / width, WIDTH), within((event.clientY - top) / height, HEIGHT)];
}

function field(place: HTMLElement): HTMLInputElement | null {
  const found = document.getElementById(place.dataset["sign"] ?? "");
  return found instanceof HTMLInputElement ? found : null;
}

function kept(place: HTMLElement): number[][] {
  const text = field(place)?.value;
  return text ? (JSON.parse(text) as number[][]) : [];
}

function keep(place: HTMLElement, strokes: number[][]): void {
  const input = field(place);
  const pad = place.querySelector<SVGSVGElement>("svg");
  if (input && pad) {
    input.value = strokes.length > 0 ? JSON.stringify(strokes) : "";
    draw(pad, strokes);
  }
}

function draw(pad: SVGSVGElement, strokes: number[][]): void {
  pad.replaceChildren(
    ...strokes.map((stroke) => {
      const line = document.createElementNS(SVG, "polyline");
      line.setAttribute("points", stroke.join(" "));
      return line;
    }),
  );
}
