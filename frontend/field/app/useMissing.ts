import { computed, onMounted, onScopeDispose, shallowRef, type ComputedRef, type Ref } from "vue";
import type { EntryState, Household } from "../engine/api.ts";
import type { FieldApp } from "./context.ts";

const REFRESH_MS = 30_000;

export interface MissingList {
  households: Ref<readonly Household[] | null>;
  /** When the list was the server's, Unix ms. */
  asOf: Ref<number>;
  isLoading: Ref<boolean>;
  areas: ComputedRef<{ area: string; count: number }[]>;
  /** How many of the listed are in each state. */
  counts: ComputedRef<Record<"owed" | "unreachable" | "refused", number>>;
  load(): Promise<void>;
}

/** Who is still missing, household by household; held in memory, never stored. */
export function useMissing(app: FieldApp, village: string, round: string): MissingList {
  const households = shallowRef<readonly Household[] | null>(null);
  const asOf = shallowRef(0);
  const isLoading = shallowRef(false);

  const areas = computed(() => {
    const counts = new Map<string, number>();
    for (const { area, people } of households.value ?? []) counts.set(area, (counts.get(area) ?? 0) + people.length);
    return [...counts].map(([area, count]) => ({ area, count })).sort((one, two) => two.count - one.count);
  });

  const counts = computed(() => {
    const states = (households.value ?? []).flatMap(({ people }) => people.map(({ state }) => state));
    const count = (state: EntryState): number => states.filter((each) => each === state).length;
    return { owed: count("owed"), unreachable: count("unreachable"), refused: count("refused") };
  });

  async function load(): Promise<void> {
    if (isLoading.value) return;
    isLoading.value = true;
    try {
      const all: Household[] = [];
      let cursor: string | null = null;
      do {
        const page: { households: Household[]; next: string | null } = await app.engine.api.missing(village, round, cursor);
        all.push(...page.households);
        cursor = page.next;
      } while (cursor !== null);
      households.value = byHouse(all);
      asOf.value = Date.now();
      app.remember(all.flatMap(({ people }) => people));
    } catch {
      // The list that is there stays, with its time; without one the page says that there is no network.
    } finally {
      isLoading.value = false;
    }
  }

  onMounted(() => void load());
  const timer = setInterval(() => void load(), REFRESH_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return { households, asOf, isLoading, areas, counts, load };
}

const inOrder = new Intl.Collator("zh", { numeric: true });

/** Pages may part a household; 2 号 comes before 10 号. */
export function byHouse(pages: readonly Household[]): Household[] {
  const houses = new Map<string, Household>();
  for (const { house, area, people } of pages) {
    const key = `${area} ${house}`;
    const known = houses.get(key);
    houses.set(key, { house, area, people: [...(known?.people ?? []), ...people] });
  }
  return [...houses.values()].sort((one, two) => inOrder.compare(one.area, two.area) || inOrder.compare(one.house, two.house));
}
