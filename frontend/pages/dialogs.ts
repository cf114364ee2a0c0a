import { on } from "./dom.ts";

/** Opens a <dialog>: `data-open="#id"`. Closing is the dialog's own (`<form method="dialog">`, Escape, a click beside it). */
export function startDialogs(): void {
  on("click", "[data-open]", (button) => open(button.dataset["open"] ?? ""));
  on("click", "button[data-confirm]", (button, event) => ask(button as HTMLButtonElement, event));
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement && event.target.open && isBeside(event.target, event)) {
      event.target.close();
    }
  });
}

export function open(selector: string): void {
  const dialog = document.querySelector<HTMLDialogElement>(selector);
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
}

/** `data-confirm="what happens, and that it cannot be undone"`: asks before the button does its work. */
function ask(button: HTMLButtonElement, event: Event): void {
  const dialog = document.querySelector<HTMLDialogElement>("#confirm");
  const words = dialog?.querySelector("[data-confirm-words]");
  const yes = dialog?.querySelector("[data-confirm-yes]");
  if (!dialog || !words || !yes || button.dataset["confirmed"] !== undefined) {
    delete button.dataset["confirmed"];
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  words.textContent = button.dataset["confirm"] ?? "";
  yes.textContent = button.innerText.trim();
  yes.className = button.classList.contains("btn-danger") ? "btn btn-danger" : "btn btn-primary";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") {
      button.dataset["confirmed"] = "";
      button.click();
    }
  }, { once: true });
  dialog.showModal();
}

function isBeside(dialog: HTMLElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
