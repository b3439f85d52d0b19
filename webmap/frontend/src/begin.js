// What a map page does first, while the larger part of it is still on its way: its desk begins, and asks for what the
// address shows. `map.js` goes on from there.
import { Clerk } from "./chart/clerk.js";
import { pixels, toSquare } from "./chart/projecting.js";
import { anyKept } from "./kept.js";
import { readState } from "./state.js";
import { askTowns } from "./townfigures.js";

/**
 * @typedef {{
 *   stage: HTMLElement, told: import("./told.js").Told, began: import("./state.js").State, clerk: Clerk,
 *   packs: Promise<import("./chart/packs.js").Told[]>, towns: ReturnType<typeof askTowns> | null,
 * }} Begun
 */

const stage = /** @type {HTMLElement} */ (document.querySelector("[data-map]"));
/** @type {import("./told.js").Told} */
const told = JSON.parse(document.getElementById(stage.id + "-told")?.textContent ?? "{}");
const began = readState(location.search);
const clerk = new Clerk(told);
// A near view draws borders from its tiles; the towns come when they are looked at.
const far = !began.at || began.at.zoom < told.near || began.filters.some(([name]) => name === "town");
const towns = far ? askTowns(told, told.version) : null;
const packs = kept();
/** @type {Begun} */
const begun = { stage, told, began, clerk, packs, towns };
Object.assign(globalThis, { begun });

if (began.at) {
  await packs; // what is kept is not asked of the server
  void clerk.ask("soon", { frame: frame(began.at), off: began.off });
}

/** Have the desk open what was taken along. */
async function kept() {
  return (await anyKept()) ? clerk.ask("packs", told.packs) : [];
}

/** What the map will show. @param {NonNullable<import("./state.js").At>} at @returns {import("./chart/projecting.js").Frame} */
function frame({ zoom, lat, lon }) {
  const { clientWidth: width, clientHeight: height } = stage;
  const [x, y] = toSquare(lon, lat);
  return { zoom, left: x * pixels(zoom) - width / 2, top: y * pixels(zoom) - height / 2, width, height };
}
