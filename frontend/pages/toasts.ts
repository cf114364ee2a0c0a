import { on } from "./dom.ts";

const SECONDS = 10;

/** Toasts close by hand, or after ten seconds unless they hold a fault; `toast` shows one from a script. */
export function startToasts(): void {
  on("click", "[data-close]", (button) => button.closest("[data-toast]")?.remove());
  for (const line of document.querySelectorAll<HTMLElement>("[data-toast].is-success, [data-toast].is-info")) {
    leaveLater(line);
  }
}

export function toast(words: string, level: "success" | "error"): void {
  const line = document.createElement("div");
  line.className = `toast-line is-${level}`;
  line.dataset["toast"] = "";
  const text = document.createElement("span");
  text.textContent = words;
  line.append(text);
  document.querySelector(".toasts")?.append(line);
  leaveLater(line);
}

/** Someone who reads or reaches for it keeps it. */
function leaveLater(line: HTMLElement): void {
  setTimeout(() => {
    if (line.matches(":hover, :focus-within")) {
      leaveLater(line);
    } else {
      line.remove();
    }
  }, SECONDS * 1000);
}
