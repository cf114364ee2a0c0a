import "../styles/pages.css";
import { startAppearance } from "./appearance.ts";
import { startDialogs } from "./dialogs.ts";
import { startFind } from "./find.ts";
import { startForms } from "./forms.ts";
import { startKeys } from "./keys.ts";
import { startLive } from "./live.ts";
import { startMaps } from "./maps.ts";
import { startMenus } from "./menus.ts";
import { startPrint } from "./print.ts";
import { startMovable } from "./movable.ts";
import { startTables } from "./tables.ts";
import { startToasts } from "./toasts.ts";

document.documentElement.classList.add("js");

startAppearance();
startDialogs();
startFind();
startForms();
startKeys();
startLive();
startMaps();
startMenus();
startPrint();
startMovable();
startTables();
startToasts();
