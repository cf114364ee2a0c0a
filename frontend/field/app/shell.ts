import type { Language } from "../i18n.ts";

/** What the server's page tells the app, as `data-` attributes of `#app`. */
export interface Shell {
  /** The id of the account that is logged in: whose queue is opened, also while there is no network. */
  account: string;
  language: Language;
  csrf: string;
  loginUrl: string;
  logoutUrl: string;
  homeUrl: string;
}

export function readShell(element: HTMLElement): Shell {
  const { account, language, csrf, loginUrl, logoutUrl, homeUrl } = element.dataset;
  if (!account) throw new Error("#app has no data-account");
  return {
    account,
    language: language?.startsWith("en") ? "en" : "zh-hans",
    csrf: csrf ?? "",
    loginUrl: loginUrl ?? "/",
    logoutUrl: logoutUrl ?? "/",
    homeUrl: homeUrl ?? "/",
  };
}
