import { all, on } from "./dom.ts";

/** What allauth brings: the browser's own functions, with binary fields as text. */
interface PasskeyDialogs {
  create(options: CreationOptions): Promise<unknown>;
  get(options: object): Promise<unknown>;
}

interface CreationOptions {
  publicKey: { authenticatorSelection: Record<string, unknown> };
}

declare global {
  var webauthnJSON: PasskeyDialogs | undefined;
}

/** Between the button of a form[data-passkey] and its sending stands the browser's dialog for the passkey. */
export function startPasskeys(): void {
  for (const form of all<HTMLFormElement>("form[data-passkey]")) {
    form.hidden = window.PublicKeyCredential === undefined;
  }
  on("submit", "form[data-passkey]", (form, event) => {
    event.preventDefault();
    void ask(form as HTMLFormElement);
  });
}

async function ask(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button");
  const refused = form.querySelector<HTMLElement>("[data-passkey-refused]");
  const answer = form.elements.namedItem("credential");
  if (!button || !refused || !globalThis.webauthnJSON || !(answer instanceof HTMLInputElement)) {
    return;
  }
  button.disabled = true;
  refused.hidden = true;
  try {
    const options = await optionsOf(form);
    const dialogs = globalThis.webauthnJSON;
    const credential = "creation_options" in options ? await dialogs.create(stricter(options.creation_options, form)) : await dialogs.get(options.request_options);
    answer.value = JSON.stringify(credential);
    form.classList.remove("is-changed");
    form.submit();
  } catch {
    // Called off, too late, none for this site, no network: the browser has said which.
    refused.hidden = false;
    button.disabled = false;
  }
}

type Options = { creation_options: CreationOptions } | { request_options: object };

/** They stand in the page; where nobody is known yet, they are asked for when they are needed. */
async function optionsOf(form: HTMLFormElement): Promise<Options> {
  const inPage = document.getElementById("passkey-options");
  if (inPage?.textContent) {
    return JSON.parse(inPage.textContent) as Options;
  }
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Error(response.statusText);
  }
  return (await response.json()) as Options;
}

/** Who wants to log in with it alone needs one that knows the account and asks for a finger, a face or a PIN. */
function stricter(options: CreationOptions, form: HTMLFormElement): CreationOptions {
  const alone = form.elements.namedItem("passwordless");
  if (alone instanceof HTMLInputElement && alone.checked) {
    Object.assign(options.publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  }
  return options;
}
