/** Calls `handle` for events of `type` on elements that match `selector`, those that come later included. */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  selector: string,
  handle: (element: HTMLElement, event: DocumentEventMap[K]) => void,
): void {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
    if (element) {
      handle(element, event);
    }
  });
}

/** All elements that match, typed. */
export function all<E extends HTMLElement = HTMLElement>(selector: string, inside: ParentNode = document): E[] {
  return [...inside.querySelectorAll<E>(selector)];
}

/** Whether keys typed here are text, so that no shortcut may take them. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}
