import htmx from "htmx.org";
import { toast } from "./toasts.ts";

const FIELD = "[data-live]";
/** The box for everything: its list is a help beside the page, a failure of which is not worth a word. */
const HELP = "[data-find]";

interface Answer {
  elt: Element;
  successful: boolean;
  shouldSwap: boolean;
  xhr: XMLHttpRequest;
  pathInfo: { finalRequestPath: string };
}

/**
 * Live fragments ask every two seconds (htmx), get 204 while nothing changed, rest while nobody looks, and the header
 * says how fresh the page is or that the connection is gone. Other requests that fail say so in a toast.
 */
export function startLive(): void {
  document.addEventListener("htmx:beforeRequest", restWhileHidden);
  document.addEventListener("htmx:afterRequest", report);
  document.addEventListener("htmx:beforeSwap", stopWhenSentElsewhere);
  document.addEventListener("htmx:beforeSwap", keepFocus);
  document.addEventListener("visibilitychange", askAgain);
  if (document.querySelector(FIELD)) {
    show(true);
  }
}

function restWhileHidden(event: Event): void {
  const { elt } = (event as CustomEvent<Answer>).detail;
  if (elt.matches(FIELD) && document.hidden) {
    event.preventDefault();
  }
}

function askAgain(): void {
  if (!document.hidden) {
    for (const fragment of document.querySelectorAll(FIELD)) {
      htmx.trigger(fragment, "wake");
    }
  }
}

function report(event: Event): void {
  const { elt, successful } = (event as CustomEvent<Answer>).detail;
  if (elt.matches(FIELD)) {
    show(successful);
  } else if (!successful && !elt.matches(HELP)) {
    const words = document.querySelector<HTMLElement>("[data-failed-words]")?.dataset["failedWords"];
    toast(words ?? "", "error");
  }
}

/** Logged out meanwhile: the answer is the log-in page, which belongs to the whole window and not into the fragment. */
function stopWhenSentElsewhere(event: Event): void {
  const { detail } = event as CustomEvent<Answer>;
  const asked = new URL(detail.pathInfo.finalRequestPath, location.href);
  if (detail.elt.matches(`${FIELD}, ${HELP}`) && detail.xhr.responseURL && new URL(detail.xhr.responseURL).pathname !== asked.pathname) {
    detail.shouldSwap = false;
    location.reload();
  }
}

function show(isFresh: boolean): void {
  const status = document.querySelector<HTMLElement>("[data-live-status]");
  const words = status?.querySelector("[data-live-words]");
  const time = status?.querySelector("[data-live-time]");
  if (!status || !words || !time) {
    return;
  }
  status.hidden = false;
  if (isFresh) {
    const zone = status.dataset["zone"];
    time.textContent = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(zone && { timeZone: zone }) });
  }
  status.classList.toggle("is-lost", !isFresh);
  const text = (isFresh ? status.dataset["fresh"] : status.dataset["lost"]) ?? "";
  // Written only when it changes: it is read out.
  if (words.textContent !== text) {
    words.textContent = text;
  }
}

/** A fragment that is replaced under the keyboard gives the focus back to the same link or button. */
function keepFocus(event: Event): void {
  const { elt } = (event as CustomEvent<Answer>).detail;
  const focused = document.activeElement;
  if (!elt.matches(FIELD) || !elt.id || !(focused instanceof HTMLElement) || !elt.contains(focused) || focused.id) {
    return;
  }
  const place = [...elt.querySelectorAll(focused.tagName)].indexOf(focused);
  const id = elt.id;
  const tag = focused.tagName;
  document.addEventListener(
    "htmx:afterSettle",
    () => document.getElementById(id)?.querySelectorAll<HTMLElement>(tag)[place]?.focus({ preventScroll: true }),
    { once: true },
  );
}
