import { all, on } from "./dom.ts";

const FIELDS = "input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled])";

/** Enter moves on, nothing typed is lost by a wrong press, faults get the focus, a form is sent once. */
export function startForms(): void {
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
  on("keydown", "form.form input", moveOn);
  on("click", "[data-show-password]", showPassword);
  on("change", ".file-drop input[type=file]", nameFile);
  on("input", "form.form", (form) => form.classList.add("is-changed"));
  on("submit", "form", (form, event) => {
    form.classList.remove("is-changed");
    sendOnce(form, event);
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form.form.is-changed[method=post]:not([data-guard=off])")) {
      event.preventDefault();
    }
  });
  window.addEventListener("pageshow", () => all<HTMLButtonElement>("button[data-sent]").forEach(release));
  startFileDrops();
  startProgress();
}

function moveOn(field: HTMLElement, event: KeyboardEvent): void {
  const form = field instanceof HTMLInputElement ? field.form : null;
  if (event.key !== "Enter" || event.isComposing || !form || form.dataset["enter"] === "send") {
    return;
  }
  const fields = all(FIELDS, form).filter((other) => other.offsetParent !== null);
  const next = fields[fields.indexOf(field) + 1];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

function showPassword(button: HTMLElement): void {
  const input = document.querySelector<HTMLInputElement>(button.dataset["showPassword"] ?? "");
  if (input) {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
  }
}

/** A second press of the same button would post twice; the button rests until the answer or ten seconds. */
function sendOnce(form: HTMLElement, event: SubmitEvent): void {
  const button = event.submitter;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post" || !(button instanceof HTMLButtonElement)) {
    return;
  }
  // After the event, or a button that carries a value would not be sent.
  setTimeout(() => {
    button.dataset["sent"] = "";
    button.disabled = true;
  });
  setTimeout(() => release(button), 10_000);
}

function release(button: HTMLButtonElement): void {
  delete button.dataset["sent"];
  button.disabled = false;
}

function nameFile(input: HTMLElement): void {
  const name = input.closest(".file-drop")?.querySelector("[data-file-name]");
  if (name && input instanceof HTMLInputElement) {
    name.textContent = input.files?.[0]?.name ?? "";
  }
}

function startFileDrops(): void {
  for (const type of ["dragover", "dragleave", "drop"] as const) {
    on(type, ".file-drop", (zone, event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", type === "dragover");
      const input = zone.querySelector<HTMLInputElement>("input[type=file]");
      if (type === "drop" && input && event.dataTransfer?.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
}

/** While htmx uploads, the form's <progress> shows how much has gone. */
function startProgress(): void {
  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    const line = event.target instanceof Element ? event.target.querySelector<HTMLProgressElement>("progress") : null;
    if (line && total > 0) {
      line.hidden = false;
      line.max = total;
      line.value = loaded;
    }
  });
}
