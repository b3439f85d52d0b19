// Starts a map page while its larger scripts still load: creates the renderer and prefetches what the URL shows. `map-page.js` continues from here.
import { RendererClient } from "../render/renderer-client.js";
import { worldSizePx, toSquare } from "../tiles/projection.js";
import { hasOfflineTowns } from "../tiles/pack-cache.js";
import { parseMapState } from "./url-state.js";
import { fetchTowns } from "../tiles/fetch-towns.js";

/**
 * @typedef {{
 *   mapElement: HTMLElement, config: import("./page-config.js").PageConfig, initialState: import("./url-state.js").MapState, renderer: RendererClient,
 *   packsRequest: Promise<import("../tiles/town-packs.js").PackInfo[]>, townsRequest: ReturnType<typeof fetchTowns> | null,
 * }} MapBoot
 */

const mapElement = /** @type {HTMLElement} */ (document.querySelector("[data-map]"));
/** @type {import("./page-config.js").PageConfig} */
const config = JSON.parse(document.getElementById(mapElement.id + "-config")?.textContent ?? "{}");
const initialState = parseMapState(location.search);
const renderer = new RendererClient(config);
// A near view draws borders from its tiles, so it loads the towns only when they are needed.
const startsAtTowns = !initialState.position || initialState.position.zoom < config.featureZoom || initialState.filters.some(([name]) => name === "town");
const townsRequest = startsAtTowns ? fetchTowns(config, config.version) : null;
const packsRequest = loadTownPacks();
/** @type {MapBoot} */
const boot = { mapElement, config, initialState, renderer, packsRequest, townsRequest };
Object.assign(globalThis, { mapBoot: boot });

if (initialState.position) {
  await packsRequest; // tiles in packs need no request
  void renderer.request("prefetchTiles", { frame: initialFrame(initialState.position), hiddenLayers: initialState.hiddenLayers });
}

/** Opens the downloaded town packs. */
async function loadTownPacks() {
  return (await hasOfflineTowns()) ? renderer.request("openPacks", { moduleUrl: config.packsUrl }) : [];
}

/** Returns the part of the map that is shown first. @param {NonNullable<import("./url-state.js").MapPosition>} position @returns {import("../tiles/projection.js").PixelFrame} */
function initialFrame({ zoom, lat, lon }) {
  const { clientWidth: width, clientHeight: height } = mapElement;
  const [x, y] = toSquare(lon, lat);
  return { zoom, left: x * worldSizePx(zoom) - width / 2, top: y * worldSizePx(zoom) - height / 2, width, height };
}
