import { reactive, watchEffect } from "vue";
import type { Language } from "../i18n.ts";

/** How this phone is set up, whoever is logged in. */
export interface Settings {
  language: Language;
  /** 长辈版: everything 30 % larger. */
  elder: boolean;
  /** Reads the name aloud. */
  speech: boolean;
  sound: boolean;
  vibration: boolean;
}

const KEY = "wuyicun-field-settings";

/** The settings as they were left, kept whenever one changes; `language` is the server's until the worker chose one. */
export function keepSettings(language: Language): Settings {
  const settings = reactive<Settings>({ language, elder: false, speech: true, sound: true, vibration: true, ...stored() });
  watchEffect(() => {
    document.documentElement.classList.toggle("elder", settings.elder);
    document.documentElement.lang = settings.language === "en" ? "en" : "zh-Hans";
    try {
      localStorage.setItem(KEY, JSON.stringify(settings));
    } catch {
      // A phone that keeps no settings (private mode) still works.
    }
  });
  return settings;
}

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
  } catch {
    return {};
  }
}
