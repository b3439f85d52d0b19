// Builds the cards of towns and hexagons.
import { formatScaleValue, formatValue, scaleValue } from "../tiles/feature-format.js";
import { factList, onlinePageLink, pageUrl, textLine } from "../ui/detail-sheet.js";
import { formatPercent, gettext } from "../ui/gettext.js";

/** @typedef {import("../map/page-config.js").ColorScale} ColorScale */

/** Returns the parts of a town's card. @param {ColorScale} scale @param {import("../map/page-config.js").Feature} town */
export function townCardParts(scale, { properties }) {
  return [factList([[scale.title, formatScaleValue(scale, scaleValue(scale, properties))]]), textLine(scale.description), onlinePageLink(pageUrl("towns", properties["slug"]), gettext("Open the town page"))];
}

/** Returns the parts of a hexagon's card. Values that its tile lacks are unknown. @param {ColorScale} scale @param {import("../map/page-config.js").Properties} hexbin */
export function hexbinCardParts(scale, hexbin) {
  const canopy = hexbin["canopy_pct"];
  /** @type {[string, string][]} */
  const rows = [
    [scale.title, formatScaleValue(scale, scaleValue(scale, hexbin))],
    [gettext("Canopy cover"), canopy === undefined ? formatValue(null) : formatPercent(canopy)],
    [gettext("Trees"), formatValue(hexbin["trees"])],
    [gettext("Needs removal"), formatValue(hexbin["need_remove"])],
    [gettext("Needs pruning"), formatValue(hexbin["need_prune"])],
    [gettext("Stumps to grind"), formatValue(hexbin["need_stump"])],
    [gettext("Needs an arborist's look"), formatValue(hexbin["need_inspect"])],
    [gettext("Vacant sites"), formatValue(hexbin["need_plant"])],
    [gettext("Open inspections"), formatValue(hexbin["inspections_open"])],
  ];
  const uniqueRows = rows.filter(([name], index) => rows.findIndex(([otherName]) => otherName === name) === index);
  return [textLine(gettext("Everything in this hexagon. Zoom in for single lots and trees.")), factList(uniqueRows)];
}
