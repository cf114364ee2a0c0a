import { all, on } from "./dom.ts";

const FIELDS = "tbody input:not([type=hidden], [type=radio]), tbody select";
const PATTERN = /__row__/g;

/** A table that is filled in with the keyboard alone (`form[data-sheet]`): see the keys on its page. */
export function startSheet(): void {
  on("keydown", "[data-sheet]", press);
  on("click", "[data-sheet-more]", (button, event) => {
    const form = button.closest<HTMLFormElement>("[data-sheet]");
    if (form) {
      event.preventDefault();
      add(form);
    }
  });
}

function press(form: HTMLElement, event: KeyboardEvent): void {
  // While an input method is choosing characters, its keys are its own.
  if (event.isComposing || event.keyCode === 229 || !(form instanceof HTMLFormElement)) {
    return;
  }
  if ((event.ctrlKey || event.metaKey) && (event.key === "Enter" || event.key.toLowerCase() === "s")) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const field = event.target;
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || !field.matches(FIELDS) || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (go(form, field, event)) {
    event.preventDefault();
  }
}

/** Where a key leads from a field; whether it leads anywhere. */
function go(form: HTMLFormElement, field: HTMLInputElement | HTMLSelectElement, event: KeyboardEvent): boolean {
  switch (event.key) {
    case "Enter":
      return beside(form, field, event.shiftKey ? -1 : 1);
    case "ArrowDown":
      return below(form, field, 1);
    case "ArrowUp":
      return below(form, field, -1);
    case "ArrowRight":
      return isAtEdge(field, "end") && beside(form, field, 1);
    case "ArrowLeft":
      return isAtEdge(field, "start") && beside(form, field, -1);
    default:
      return false;
  }
}

function beside(form: HTMLFormElement, field: HTMLElement, step: 1 | -1): boolean {
  const fields = all<HTMLInputElement>(FIELDS, form);
  const next = fields[fields.indexOf(field as HTMLInputElement) + step];
  if (next) {
    enter(next);
  } else if (step === 1) {
    add(form);
  }
  return true;
}

/** The field of the same column in the next row; below the last row a new one begins. */
function below(form: HTMLFormElement, field: HTMLElement, step: 1 | -1): boolean {
  const rows = all<HTMLTableRowElement>("tbody tr[data-row]", form);
  const row = field.closest<HTMLTableRowElement>("tr[data-row]");
  const column = field.closest("td")?.cellIndex ?? 0;
  const place = row ? rows.indexOf(row) + step : -1;
  if (place === rows.length) {
    add(form, column);
  } else {
    enter(rows[place]?.cells[column]?.querySelector<HTMLElement>(FIELDS));
  }
  return true;
}

/** In a choice the arrows to the sides change what is chosen. */
function isAtEdge(field: HTMLInputElement | HTMLSelectElement, edge: "start" | "end"): boolean {
  if (field instanceof HTMLSelectElement) {
    return false;
  }
  const { selectionStart, selectionEnd, value } = field;
  const isAll = selectionStart === 0 && selectionEnd === value.length;
  return isAll || (selectionStart === selectionEnd && selectionStart === (edge === "start" ? 0 : value.length));
}

function enter(field: HTMLElement | null | undefined): void {
  field?.focus();
  if (field instanceof HTMLInputElement) {
    field.select();
  }
}

function add(form: HTMLFormElement, column = 0): void {
  const pattern = form.querySelector("template");
  const body = form.querySelector("tbody");
  if (!pattern || !body) {
    return;
  }
  const taken = all<HTMLInputElement>("input[name=row]", form).map((row) => row.value);
  let number = 0;
  while (taken.includes(`n${number}`)) {
    number += 1;
  }
  body.insertAdjacentHTML("beforeend", pattern.innerHTML.replace(PATTERN, `n${number}`));
  const row = body.lastElementChild as HTMLTableRowElement;
  enter(row.cells[column]?.querySelector<HTMLElement>(FIELDS));
  document.dispatchEvent(new CustomEvent("wuyi:rows"));
}
