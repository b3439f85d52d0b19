// Builds the rows of the list beside the map.
import { featureSubtitle, featureName } from "./card-parts.js";
import { createMarkSvg, createSwatch } from "../ui/dom-elements.js";
import { scaleColor, scaleValue, formatScaleValue } from "../tiles/feature-format.js";

/** @typedef {import("./page-config.js").Feature} Feature */
/** @typedef {import("./feature-list.js").ListRow} ListRow */

/** @param {import("./page-config.js").ColorScale} scale @param {Feature} town @param {() => void} onOpen @returns {ListRow} */
export function townListRow(scale, town, onOpen) {
  const value = scaleValue(scale, town.properties);
  const subtitle = `${scale.title}: ${formatScaleValue(scale, value)}`;
  return { key: `towns/${town.id}`, icon: createSwatch(scaleColor(scale, value)), title: String(town.properties["name"]), subtitle, onOpen, sortValue: value };
}

/** @param {import("./page-config.js").PageConfig} config @param {Feature} parcel @param {string} distancePrefix @param {() => void} onOpen @returns {ListRow} */
export function parcelListRow(config, parcel, distancePrefix, onOpen) {
  const value = scaleValue(config.scale, parcel.properties);
  const title = String(parcel.properties["address"] ?? `Parcel ${parcel.id}`);
  const subtitle = `${distancePrefix}Canopy ${formatScaleValue(config.scale, value)} · ${parcel.properties["town"] ?? "town unknown"}`;
  return { key: `parcels/${parcel.id}`, icon: createSwatch(scaleColor(config.scale, value)), title, subtitle, onOpen };
}

/** @param {import("./page-config.js").PageConfig} config @param {Feature} feature @param {import("./page-config.js").MarkSymbol} mark @param {string} distancePrefix @param {() => void} onOpen @returns {ListRow} */
export function pointListRow(config, feature, mark, distancePrefix, onOpen) {
  return { key: `${config.layer}/${feature.id}`, icon: createMarkSvg(mark), title: featureName(config.layer, feature), subtitle: distancePrefix + featureSubtitle(config.layer, feature, mark), onOpen };
}
