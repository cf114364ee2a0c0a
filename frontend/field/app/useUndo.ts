import { computed, shallowRef, type ComputedRef, type Ref } from "vue";
import { UNDO_MS, type Undone } from "../engine/queue.ts";
import type { AnyRecord } from "../engine/records.ts";
import type { FieldApp } from "./context.ts";
import { useLive, useNow } from "./live.ts";

export interface UndoDesk {
  /** What the undo button takes back, and for how many seconds yet. */
  last: ComputedRef<{ record: AnyRecord; seconds: number } | null>;
  /** How the last undo went; forgotten after a few seconds. */
  undone: Ref<Undone | null>;
  undo(): Promise<void>;
}

const SHOW_DONE_MS = 3_000;

/** The last step on this phone while it can be taken back; after a reload too, since it is read from the database. */
export function useUndo(app: FieldApp): UndoDesk {
  const latest = useLive(() => app.engine.queue.latest(5), []);
  const now = useNow(250);
  const undone = shallowRef<Undone | null>(null);

  const last = computed(() => {
    const record = stepOf(latest.value, now.value);
    return record && { record, seconds: Math.ceil(((record.holdUntil ?? 0) - now.value) / 1_000) };
  });

  async function undo(): Promise<void> {
    const record = last.value?.record;
    if (!record) return;
    undone.value = await app.keep(() => takeBack(app, record));
    if (undone.value) app.signals.give("ok");
    setTimeout(() => {
      undone.value = null;
    }, SHOW_DONE_MS);
  }

  return { last, undone, undo };
}

function takeBack(app: FieldApp, record: AnyRecord): Promise<Undone> {
  if (record.kind !== "sample") return app.engine.queue.undo(record.id);
  const { round, station } = record.data;
  return app.engine.sampling(record.village, round, station).undoSwab(record.id, "undo");
}

/** The newest record within its undo time. The closing of a tube for one goes together with its swab. */
function stepOf(latest: readonly AnyRecord[], now: number): AnyRecord | null {
  const open = latest.filter((record) => record.voidedBy === null && isInTime(record, now));
  const [newest, before] = open;
  const isSingle = newest?.kind === "tube.close" && newest.data.count === 1 && newest.data.reason === null;
  if (isSingle && before?.kind === "sample" && before.data.tube === newest.data.tube) return before;
  return newest ?? null;
}

function isInTime(record: AnyRecord, now: number): boolean {
  const left = (record.holdUntil ?? 0) - now;
  return left > 0 && left <= UNDO_MS;
}
