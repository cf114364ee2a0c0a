import alert from "@tabler/icons/filled/alert-triangle.svg?raw";
import done from "@tabler/icons/filled/circle-check.svg?raw";
import stop from "@tabler/icons/filled/alert-octagon.svg?raw";
import excused from "@tabler/icons/filled/player-pause.svg?raw";
import undo from "@tabler/icons/outline/arrow-back-up.svg?raw";
import right from "@tabler/icons/outline/chevron-right.svg?raw";
import list from "@tabler/icons/outline/clipboard-list.svg?raw";
import phone from "@tabler/icons/outline/device-mobile.svg?raw";
import refused from "@tabler/icons/outline/hand-stop.svg?raw";
import owed from "@tabler/icons/outline/hourglass.svg?raw";
import inbox from "@tabler/icons/outline/inbox.svg?raw";
import info from "@tabler/icons/outline/info-circle.svg?raw";
import unreachable from "@tabler/icons/outline/phone-off.svg?raw";
import search from "@tabler/icons/outline/search.svg?raw";
import tube from "@tabler/icons/outline/test-pipe.svg?raw";
import me from "@tabler/icons/outline/user.svg?raw";
import sound from "@tabler/icons/outline/volume.svg?raw";
import offline from "@tabler/icons/outline/wifi-off.svg?raw";
import close from "@tabler/icons/outline/x.svg?raw";

const SOURCES = {
  alert,
  close,
  done,
  excused,
  inbox,
  info,
  list,
  me,
  offline,
  owed,
  phone,
  refused,
  right,
  search,
  sound,
  stop,
  tube,
  undo,
  unreachable,
};

export type IconName = keyof typeof SOURCES;

/** What is drawn inside the `<svg>`, by name. */
export const SHAPES = Object.fromEntries(
  Object.entries(SOURCES).map(([name, svg]) => [name, svg.replace(/^[^]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")]),
) as Record<IconName, string>;

export const FILLED: ReadonlySet<IconName> = new Set<IconName>(["alert", "done", "stop", "excused"]);
