// Shows over the map whether the page is offline.
import { gettext } from "../ui/gettext.js";

/** @param {boolean} isOffline @param {import("../tiles/town-packs.js").PackInfo[]} packs on this device */
export function showOnlineStatus(isOffline, packs) {
  const statusLine = document.getElementById("online-status");
  if (!statusLine) return;
  const townNames = packs.flatMap(({ towns }) => towns).join(", ");
  const offlineText = townNames ? gettext("Offline. Downloaded: %(towns)s.", { towns: townNames }) : gettext("Offline. You see only what this browser has loaded before.");
  statusLine.textContent = isOffline ? offlineText : "";
  statusLine.hidden = !isOffline;
}
