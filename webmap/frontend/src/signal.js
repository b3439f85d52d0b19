// Says whether there is a signal, over the map.

/** @param {boolean} offline @param {import("./chart/packs.js").Told[]} packs what is kept on this device */
export function signal(offline, packs) {
  const line = document.getElementById("signal");
  if (!line) return;
  const all = packs.flatMap(({ towns }) => towns).join(", ");
  line.textContent = offline ? `No signal. ${all ? `On this device: ${all}.` : "Only what this browser has seen before is shown."}` : "";
  line.hidden = !offline;
}
