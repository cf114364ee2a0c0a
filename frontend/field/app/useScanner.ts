import { onBeforeUnmount } from "vue";

/** A scanner types faster than this, in ms between two signs. */
const BURST_MS = 80;
const SHORTEST_SCAN = 4;

/**
 * A USB scanner types its code and presses Enter, wherever the focus is. While a field waits for input (`field` gives
 * it) the keys go into it; else (somebody is being read back) a fast burst is a scan of its own and presses no button.
 */
export function useScanner(field: () => HTMLInputElement | null, onScan: (text: string) => void): void {
  let burst = "";
  let last = 0;

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
    if (event.key.length === 1 && event.key !== " ") {
      const input = field();
      if (input) {
        input.focus();
        return;
      }
      burst = event.timeStamp - last < BURST_MS ? burst + event.key : event.key;
      last = event.timeStamp;
    } else if (event.key === "Enter" && burst.length >= SHORTEST_SCAN && event.timeStamp - last < BURST_MS) {
      event.preventDefault();
      const text = burst;
      burst = "";
      onScan(text);
    }
  };

  addEventListener("keydown", onKey, true);
  onBeforeUnmount(() => {
    removeEventListener("keydown", onKey, true);
  });
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}
