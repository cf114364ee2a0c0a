import { isTyping } from "./dom.ts";
import { open } from "./dialogs.ts";

/** `/` and Ctrl+K go to the search box, `?` shows the keys; the keys of tables are in tables.ts. */
export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    const box = document.querySelector<HTMLInputElement>("[data-find]");
    if (box && event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      goTo(box);
      return;
    }
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "/" && box) {
      event.preventDefault();
      goTo(box);
    } else if (event.key === "?") {
      open("#keys");
    }
  });
}

function goTo(box: HTMLInputElement): void {
  box.focus();
  box.select();
}
