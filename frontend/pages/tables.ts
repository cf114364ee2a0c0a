import { all, isTyping, on } from "./dom.ts";

const DENSITY = "wuyi.density";

/** Lists: keys j, k, Enter, x; ticks with a count; density; the labels that a phone shows beside each value. */
export function startTables(): void {
  document.addEventListener("keydown", move);
  on("change", "[data-tick-all]", tickAll);
  on("change", "[data-tick]", (tick) => {
    mark(tick as HTMLInputElement);
    count(tick.closest("form") ?? document);
  });
  on("click", "[data-density]", switchDensity);
  prepare();
  document.addEventListener("htmx:afterSwap", prepare);
  document.addEventListener("wuyi:rows", prepare);
}

function prepare(): void {
  label();
  all<HTMLInputElement>("[data-tick]").forEach(mark);
  const isDense = localStorage.getItem(DENSITY) === "dense";
  all("[data-density]").forEach((button) => button.setAttribute("aria-pressed", String(isDense)));
  all("table.list").forEach((table) => table.classList.toggle("is-dense", isDense));
}

function label(): void {
  for (const table of all<HTMLTableElement>("table.list")) {
    const titles = all<HTMLTableCellElement>("thead tr:first-child > *", table).map((cell) => cell.dataset["label"] ?? cell.innerText.trim());
    // Its own rows: a table may stand in a cell of another.
    for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
      [...row.cells].forEach((cell, place) => {
        cell.classList.toggle("is-empty", cell.innerText.trim() === "" && !cell.querySelector("input, button, a, svg"));
        const title = titles[place];
        if (cell.tagName === "TD" && title && cell.colSpan === 1 && cell.dataset["label"] === undefined) {
          cell.dataset["label"] = title;
        }
      });
    }
  }
}

function move(event: KeyboardEvent): void {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
    return;
  }
  const rows = all<HTMLTableRowElement>("table.list tbody tr:not(.group-row)");
  const here = rows.findIndex((row) => row.classList.contains("is-here"));
  if ((event.key === "j" || event.key === "k") && rows.length > 0) {
    const next = event.key === "j" ? Math.min(here + 1, rows.length - 1) : Math.max(here - 1, 0);
    rows[here]?.classList.remove("is-here");
    rows[next]?.classList.add("is-here");
    rows[next]?.scrollIntoView({ block: "nearest" });
    rows[next]?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  } else if (event.key === "x") {
    rows[here]?.querySelector<HTMLInputElement>("[data-tick]")?.click();
  } else if (event.key === "Enter" && event.target === document.body) {
    rows[here]?.querySelector<HTMLElement>("a")?.click();
  }
}

function tickAll(box: HTMLElement): void {
  const inside = box.closest("form") ?? document;
  for (const tick of all<HTMLInputElement>("[data-tick]", inside)) {
    tick.checked = (box as HTMLInputElement).checked;
    mark(tick);
  }
  count(inside);
}

function mark(tick: HTMLInputElement): void {
  tick.closest("tr")?.classList.toggle("is-selected", tick.checked);
}

function count(inside: ParentNode): void {
  const chosen = all("[data-tick]:checked", inside).length;
  for (const bar of all("[data-selection]", inside)) {
    bar.hidden = chosen === 0;
    const place = bar.querySelector("[data-count]");
    if (place) {
      place.textContent = String(chosen);
    }
  }
}

function switchDensity(button: HTMLElement): void {
  const isDense = button.getAttribute("aria-pressed") !== "true";
  localStorage.setItem(DENSITY, isDense ? "dense" : "wide");
  prepare();
}
