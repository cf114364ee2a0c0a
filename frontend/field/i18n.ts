import { createI18n, useI18n } from "vue-i18n";
import en from "./locales/en.json";
import zhHans from "./locales/zh-hans.json";

/** The Chinese texts are the source: a key that is missing there does not compile. */
export type Texts = typeof zhHans;
export type Language = "zh-hans" | "en";

export function createTexts(language: Language) {
  return createI18n<[Texts], Language, false>({
    legacy: false,
    locale: language,
    fallbackLocale: "zh-hans",
    messages: { "zh-hans": zhHans, en },
  });
}

export function useTexts() {
  return useI18n<{ message: Texts }, Language>({ useScope: "global" });
}

/** `t` of vue-i18n as the helpers outside of components need it. */
export type Translate = (key: string, named?: Record<string, unknown>) => string;
