import type { Person } from "../engine/api.ts";
import type { AnyRecord, StoredRecord } from "../engine/records.ts";
import type { Language, Translate } from "../i18n.ts";

/** How people, times and records are said; pure, the words come through `t`. */

const DAY_MS = 86_400_000;

/** 09:42 */
export function timeOfDay(at: number | string): string {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

/** 今天 09:42, 明天 11:15, 昨天 18:00, 11月18日 周五 09:42 */
export function dayTime(at: number | string, now: number, t: Translate, language: Language): string {
  const date = new Date(at);
  const time = timeOfDay(at);
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (date.getTime() >= midnight && date.getTime() < midnight + DAY_MS) return t("common.today", { time });
  if (date.getTime() >= midnight + DAY_MS && date.getTime() < midnight + 2 * DAY_MS) return t("common.tomorrow", { time });
  if (date.getTime() < midnight && date.getTime() >= midnight - DAY_MS) return t("common.yesterday", { time });
  const locale = language === "en" ? "en-GB" : "zh-CN";
  const day = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" }).format(date);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" }).format(date);
  return t("common.day", { day, weekday, time });
}

/** 42 分, 3 小时 5 分, 不到 1 分 */
export function duration(ms: number, t: Translate): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 1) return t("common.under_minute");
  if (minutes < 60) return t("common.minutes", { minutes });
  return t("common.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** 女 71 岁 */
export function sexAndAge(person: Person, t: Translate): string {
  const age = person.age === null ? "" : ` ${t("common.years", { age: person.age })}`;
  return `${t(`sex.${person.sex}`)}${age}`;
}

/** 北头岭 12 号, the area not said twice. */
export function whereOf({ area, house }: { area: string; house: string }): string {
  return house.startsWith(area) ? house : `${area} ${house}`.trim();
}

/** A card by its last signs: 二维码卡 尾号 8tUw */
export function cardWords(token: string, t: Translate): string {
  return t("common.card", { tail: token.slice(-4) });
}

/** Why a record was not taken as it is: the code's words, else the server's, else the code. */
export function reasonWords(record: StoredRecord, t: Translate, known: (key: string) => boolean): string[] {
  const flags = record.flags.map((flag) => (known(`flag.${flag}`) ? t(`flag.${flag}`) : flag));
  if (record.code === "") return flags;
  const words = known(`code.${record.code}`) ? t(`code.${record.code}`) : record.words || record.code;
  return [words, ...flags];
}

/** 采样, 封管 … */
export function kindWords(record: AnyRecord, t: Translate): string {
  return t(`kind.${record.kind.replace(".", "_")}`);
}

/** Whom or what a record is about, as far as this page knows the name. */
export function aboutRecord(record: AnyRecord, names: { known(person: string): Person | null }, t: Translate): string {
  const { data } = record;
  if ("card" in data) return cardWords(data.card, t);
  if ("person" in data) return names.known(data.person)?.name ?? ("tube" in data ? data.tube : "");
  return "tube" in data ? data.tube : "";
}

/** The key of a record's state under `record_state`. */
export function stateKey(record: AnyRecord): string {
  if (record.voidedBy !== null) return "voided";
  if (record.state !== "quarantined" && record.flags.length > 0) return "flagged";
  return record.state;
}
