import { createApp } from "vue";
import "./styles/field.css";
import App from "./App.vue";
import { FIELD, FieldApp } from "./app/context.ts";
import { readShell } from "./app/shell.ts";
import { createTexts } from "./i18n.ts";

async function start(element: HTMLElement): Promise<void> {
  const shell = readShell(element);
  const field = await FieldApp.open(shell).catch((error: unknown) => {
    // A browser that keeps nothing must not take records that it would lose.
    element.textContent = createTexts(shell.language).global.t("banner.no_database");
    throw error;
  });
  createApp(App).use(createTexts(field.settings.language)).provide(FIELD, field).mount(element);
  field.start();
}

const element = document.getElementById("app");
if (element) void start(element);
