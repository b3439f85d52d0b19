// Keeps the map's state in the URL. A change of filters is a step that Back undoes; a move of the map is not.
import { formatMapState, parseMapState } from "./url-state.js";

/** @typedef {import("./url-state.js").MapState} MapState */

/** The browser's history of one map page. */
export class MapHistory {
  /** @param {() => MapState} readState @param {(state: MapState) => void} onRestored gets the state of the URL after Back or Forward */
  constructor(readState, onRestored) {
    this.readState = readState;
    addEventListener("popstate", () => onRestored(parseMapState(location.search)));
  }

  /** Writes the state into the current entry. */
  updateEntry() {
    history.replaceState(null, "", `?${formatMapState(this.readState())}`);
  }

  /** Writes the state into a new entry, so that Back returns to the one before. */
  addEntry() {
    history.pushState(null, "", `?${formatMapState(this.readState())}`);
  }
}
