import { all } from "./dom.ts";

/**
 * The box for everything: what was typed is looked up while one types (htmx fills the list), up and down choose, Enter
 * opens the chosen one (or the whole page of results), Escape closes the list.
 */
export function startFind(): void {
  const form = document.querySelector<HTMLFormElement>("[data-find-form]");
  const box = form?.querySelector<HTMLInputElement>("[data-find]");
  const list = form?.querySelector<HTMLElement>("[data-found]");
  if (!form || !box || !list) {
    return;
  }
  const show = (isShown: boolean): void => {
    list.hidden = !isShown || list.childElementCount === 0;
    box.setAttribute("aria-expanded", String(!list.hidden && list.querySelector("[role=option]") !== null));
    if (list.hidden) {
      choose(box, list, -1);
    }
  };
  box.addEventListener("focus", () => show(true));
  box.addEventListener("input", () => choose(box, list, -1));
  box.addEventListener("keydown", (event) => press(event, box, list, show));
  form.addEventListener("focusout", (event) => show(event.relatedTarget instanceof Node && form.contains(event.relatedTarget)));
  // A press on the list would take the focus away before it is a click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === list) {
      choose(box, list, -1);
      show(form.contains(document.activeElement));
    }
  });
}

function press(event: KeyboardEvent, box: HTMLInputElement, list: HTMLElement, show: (isShown: boolean) => void): void {
  if (event.isComposing) {
    return;
  }
  const options = all("[role=option]", list);
  const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    show(true);
    // Above the first and below the last is the box itself.
    const places = options.length + 1;
    choose(box, list, ((here + 1 + (event.key === "ArrowDown" ? 1 : places - 1)) % places) - 1);
  } else if (event.key === "Enter" && here >= 0 && !list.hidden) {
    event.preventDefault();
    options[here]?.click();
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (list.hidden) {
      box.blur();
    } else {
      show(false);
    }
  }
}

function choose(box: HTMLInputElement, list: HTMLElement, place: number): void {
  const options = all("[role=option]", list);
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
  const chosen = options[place];
  if (chosen) {
    box.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}
