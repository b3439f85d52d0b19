// Builds the rows of the list beside the map.
import { formatScaleValue, scaleColor, scaleValue } from "../tiles/feature-format.js";
import { createMarkSvg, createSwatch } from "../ui/dom-elements.js";
import { formatDistance, gettext } from "../ui/gettext.js";
import { parcelName } from "./parcel-card.js";
import { featureName, featureSubtitle } from "./record-names.js";

/** @typedef {import("../map/page-config.js").Feature} Feature */
/** @typedef {import("../map/feature-list.js").ListRow} ListRow */

/** @param {import("../map/page-config.js").ColorScale} scale @param {Feature} town @param {() => void} onOpen @returns {ListRow} */
export function townListRow(scale, town, onOpen) {
  const value = scaleValue(scale, town.properties);
  const subtitle = gettext("%(name)s: %(value)s", { name: scale.title, value: formatScaleValue(scale, value) });
  return { key: `towns/${town.id}`, icon: createSwatch(scaleColor(scale, value)), title: String(town.properties["name"]), subtitle, onOpen, sortValue: value };
}

/** @param {import("../map/page-config.js").PageConfig} config @param {Feature} parcel @param {number | null} distanceM @param {() => void} onOpen @returns {ListRow} */
export function parcelListRow({ scale }, parcel, distanceM, onOpen) {
  const value = scaleValue(scale, parcel.properties);
  const canopyText = gettext("%(name)s: %(value)s", { name: scale.title, value: formatScaleValue(scale, value) });
  return { key: `parcels/${parcel.id}`, icon: createSwatch(scaleColor(scale, value)), title: parcelName(parcel), subtitle: joinParts(distanceText(distanceM), canopyText, parcel.properties["town"]), onOpen };
}

/** @param {import("../map/page-config.js").PageConfig} config @param {Feature} feature @param {import("../map/page-config.js").MarkSymbol} mark @param {number | null} distanceM @param {() => void} onOpen @returns {ListRow} */
export function pointListRow({ layer, today }, feature, mark, distanceM, onOpen) {
  return { key: `${layer}/${feature.id}`, icon: createMarkSvg(mark), title: featureName(layer, feature), subtitle: joinParts(distanceText(distanceM), featureSubtitle(layer, feature, mark, today)), onOpen };
}

/** @param {number | null} distanceM */
function distanceText(distanceM) {
  return distanceM === null ? "" : gettext("%(distance)s away", { distance: formatDistance(distanceM) });
}

/** @param {...(string | null | undefined)} parts */
function joinParts(...parts) {
  return parts.filter(Boolean).join(" · ");
}
