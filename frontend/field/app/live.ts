import { liveQuery } from "dexie";
import { onScopeDispose, shallowRef, watch, type Ref } from "vue";

/** The query's answer, asked again whenever the phone's database changes, by another page too, or `key` does. */
export function useLive<T>(query: () => Promise<T>, initial: T, key: () => unknown = () => null): Readonly<Ref<T>> {
  const answer = shallowRef(initial);
  watch(
    key,
    (_value, _before, onCleanup) => {
      const subscription = liveQuery(query).subscribe({
        next: (value) => {
          answer.value = value;
        },
      });
      onCleanup(() => {
        subscription.unsubscribe();
      });
    },
    { immediate: true },
  );
  return answer;
}

/** The time, moving on by itself. */
export function useNow(everyMs = 1_000): Readonly<Ref<number>> {
  const now = shallowRef(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, everyMs);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return now;
}
