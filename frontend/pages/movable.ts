import { on } from "./dom.ts";

/** Rows of a list that can be put in another order without asking the server: `data-move="up"` and `"down"`. */
export function startMovable(): void {
  on("click", "[data-movable] [data-move]", (button, event) => {
    const row = button.closest("li");
    const other = button.dataset["move"] === "up" ? row?.previousElementSibling : row?.nextElementSibling;
    event.preventDefault();
    if (!row || !other) {
      return;
    }
    if (button.dataset["move"] === "up") {
      other.before(row);
    } else {
      other.after(row);
    }
    button.focus();
    row.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
