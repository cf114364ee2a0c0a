import { all } from "./dom.ts";

/** Menus are <details>: a click elsewhere or Escape closes them, and one at a time is open. */
export function startMenus(): void {
  document.addEventListener("click", (event) => close((menu) => !(event.target instanceof Node && menu.contains(event.target))));
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector<HTMLDetailsElement>("details.drop[open]");
    if (event.key === "Escape" && menu) {
      close(() => true);
      menu.querySelector("summary")?.focus();
    }
  });
  // On a phone the line of sections scrolls sideways: begin where we are.
  for (const here of all(".sections .is-here, .items [aria-current]")) {
    here.parentElement?.scrollTo({ left: here.offsetLeft - 64 });
  }
}

function close(isMeant: (menu: HTMLDetailsElement) => boolean): void {
  for (const menu of all<HTMLDetailsElement>("details.drop[open]")) {
    if (isMeant(menu)) {
      menu.open = false;
    }
  }
}
