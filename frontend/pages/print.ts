import { on } from "./dom.ts";

/** A button that prints the page as it is. */
export function startPrint(): void {
  on("click", "[data-print]", () => window.print());
}
