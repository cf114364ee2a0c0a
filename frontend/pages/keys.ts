import { isTyping } from "./dom.ts";
import { open } from "./dialogs.ts";

/** `/` goes to the search box, `?` shows the keys; the keys of tables are in tables.ts. */
export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    const find = document.querySelector<HTMLInputElement>("[data-find]");
    if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === "?") {
      open("#keys");
    }
  });
}
