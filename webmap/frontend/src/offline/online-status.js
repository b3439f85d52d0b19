// Shows over the map whether the page is offline.

/** @param {boolean} isOffline @param {import("../tiles/town-packs.js").PackInfo[]} packs on this device */
export function showOnlineStatus(isOffline, packs) {
  const statusLine = document.getElementById("online-status");
  if (!statusLine) return;
  const townNames = packs.flatMap(({ towns }) => towns).join(", ");
  statusLine.textContent = isOffline ? `No signal. ${townNames ? `On this device: ${townNames}.` : "Only what this browser has seen before is shown."}` : "";
  statusLine.hidden = !isOffline;
}
