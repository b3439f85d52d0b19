// What stands in the list beside the map: one row for each feature.
import { detailOf, nameOf } from "./cards.js";
import { markSvg, swatch } from "./element.js";
import { colour, figure, share } from "./figures.js";

/** @typedef {import("./told.js").Feature} Feature */
/** @typedef {import("./list.js").Row} Row */

/** @param {import("./told.js").Scale} scale @param {Feature} town @param {() => void} open @returns {Row} */
export function townRow(scale, town, open) {
  const value = figure(scale, town.properties);
  const sub = `${scale.title}: ${share(scale, value)}`;
  return { key: `towns/${town.id}`, picture: swatch(colour(scale, value)), main: String(town.properties["name"]), sub, open, figure: value };
}

/** @param {import("./told.js").Told} told @param {Feature} parcel @param {string} near @param {() => void} open @returns {Row} */
export function parcelRow(told, parcel, near, open) {
  const value = figure(told.scale, parcel.properties);
  const main = String(parcel.properties["address"] ?? `Parcel ${parcel.id}`);
  const sub = `${near}Canopy ${share(told.scale, value)} · ${parcel.properties["town"] ?? "town unknown"}`;
  return { key: `parcels/${parcel.id}`, picture: swatch(colour(told.scale, value)), main, sub, open };
}

/** @param {import("./told.js").Told} told @param {Feature} feature @param {import("./told.js").Mark} mark @param {string} near @param {() => void} open @returns {Row} */
export function markRow(told, feature, mark, near, open) {
  return { key: `${told.layer}/${feature.id}`, picture: markSvg(mark), main: nameOf(told.layer, feature), sub: near + detailOf(told.layer, feature, mark), open };
}
