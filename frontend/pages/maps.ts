import { on } from "./dom.ts";

/** A click on the village's map fills in where, in the units of the map, and sends the form around it. */
export function startMaps(): void {
  on("click", "[data-map] *, [data-map]", (element, event) => {
    const map = element.closest<SVGSVGElement>("svg[data-map]");
    const form = map?.closest("form");
    const screen = map?.getScreenCTM();
    if (!map || !form || !screen) {
      return;
    }
    const mouse = event as MouseEvent;
    const point = new DOMPoint(mouse.clientX, mouse.clientY).matrixTransform(screen.inverse());
    for (const [name, value] of [["x", point.x], ["y", point.y]] as const) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) {
        field.value = value.toFixed(1);
      }
    }
    form.requestSubmit();
  });
}
