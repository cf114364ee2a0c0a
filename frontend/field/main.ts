import { createApp } from "vue";
import "./styles/field.css";
import App from "./App.vue";
import { FIELD, FieldApp } from "./app/context.ts";
import { readShell } from "./app/shell.ts";
import { createTexts } from "./i18n.ts";

async function start(element: HTMLElement): Promise<void> {
  const field = await FieldApp.open(readShell(element));
  createApp(App).use(createTexts(field.settings.language)).provide(FIELD, field).mount(element);
  field.start();
}

const element = document.getElementById("app");
if (element) void start(element);
