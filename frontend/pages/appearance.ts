import { all, on } from "./dom.ts";

const YEAR_IN_SECONDS = 365 * 24 * 3600;

/** Theme and text size change at once; the server reads the same cookies for the first paint of the next page. */
export function startAppearance(): void {
  on("submit", "form[data-appearance]", (form, event) => {
    const button = event.submitter;
    const name = form.dataset["appearance"];
    if (!(button instanceof HTMLButtonElement) || !name) {
      return;
    }
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${button.value}; path=/; max-age=${YEAR_IN_SECONDS}; samesite=lax${secure}`;
    document.documentElement.dataset[name] = button.value;
    for (const other of all<HTMLButtonElement>(`button[name=${name}]`, form)) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
