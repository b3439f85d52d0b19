// Says above the list how much is in view, and where.
import { DONE_CODE } from "../tiles/point-features.js";
import { formatList, gettext, ngettext } from "../ui/gettext.js";

/** @typedef {import("../render/protocol.js").ViewSummary} ViewSummary */
/** @typedef {{layer: string, townName: string | null, unsurveyedTown: string | null, hasFilters: boolean}} SummaryContext the map's layer, the selected town, its name if nobody surveyed it, and whether filters are set */

const MAX_TOWNS_NAMED = 2;

/** Returns the count of the features in view, with their towns. @param {ViewSummary} summary @param {SummaryContext} context */
export function viewSummaryText({ count, countsByMark, towns, offline, failedTiles }, { layer, townName, unsurveyedTown, hasFilters }) {
  if (!count && unsurveyedTown) return layer === "inspections" ? gettext("%(town)s has no recorded inspections.", { town: unsurveyedTown }) : gettext("%(town)s has no tree inventory.", { town: unsurveyedTown });
  if (!count && offline && failedTiles) return townName ? gettext("%(town)s is not downloaded.", { town: townName }) : gettext("This area is not downloaded.");
  const doneCount = countsByMark[DONE_CODE] ?? 0;
  const doneText = doneCount ? ngettext("%(count)s done here, not sent yet", "%(count)s done here, not sent yet", doneCount) : "";
  const hint = !count && hasFilters ? gettext("filters may hide others") : "";
  return [countText(layer, count), hint, doneText, townsText(towns)].filter(Boolean).join(" · ");
}

/** Returns the count of the towns on a far map. @param {string} layer @param {number} townCount @param {boolean} hasFilters whether filters are set that apply to single records only */
export function townCountText(layer, townCount, hasFilters) {
  const towns = ngettext("%(count)s town.", "%(count)s towns.", townCount);
  return [towns, zoomHint(layer), hasFilters ? gettext("The filters apply to these.") : ""].filter(Boolean).join(" ");
}

/** @param {string} layer @param {number} count */
function countText(layer, count) {
  if (layer === "parcels") return ngettext("%(count)s lot in view", "%(count)s lots in view", count);
  if (layer === "inspections") return ngettext("%(count)s inspection in view", "%(count)s inspections in view", count);
  return ngettext("%(count)s tree or site in view", "%(count)s trees and sites in view", count);
}

/** @param {string} layer */
function zoomHint(layer) {
  if (layer === "parcels") return gettext("Zoom in to see single lots.");
  return layer === "inspections" ? gettext("Zoom in to see single inspections.") : gettext("Zoom in to see single trees and sites.");
}

/** @param {string[]} towns by their number of features */
function townsText(towns) {
  const names = formatList(towns.slice(0, MAX_TOWNS_NAMED));
  return towns.length > MAX_TOWNS_NAMED ? gettext("%(towns)s and more", { towns: names }) : names;
}
