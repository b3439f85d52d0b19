// Builds the card of an inspection.
import { featureMarkCode } from "../tiles/feature-format.js";
import { isUnknown } from "../ui/code-labels.js";
import { markLine, pageUrl } from "../ui/detail-sheet.js";
import { gettext } from "../ui/gettext.js";
import { dateFact, factParts, textFact } from "./fact-rows.js";
import { featureName, inspectionAge, inspectionKind } from "./record-names.js";
import { parcelFact, placementFacts, recordLinks } from "./site-card.js";

/** @typedef {import("./fact-rows.js").FactRow} FactRow */

/** Returns the card of an inspection. @param {import("../map/page-config.js").Feature} feature @param {import("../map/page-config.js").MarkSymbol} mark @param {string} today @param {import("./site-card.js").TownLink} townLink @returns {import("./site-card.js").CardContent} */
export function inspectionCard(feature, mark, today, townLink) {
  const { id, properties } = feature;
  const isOpen = ["open", "overdue"].includes(featureMarkCode("status", properties, today));
  /** @type {FactRow} */
  const closedFact = isOpen && !properties["closed_on"] ? ["closed_on", gettext("Not closed yet")] : dateFact(properties, "closed_on");
  const wordFact = isUnknown(properties["status_word"]) ? [] : [textFact(properties, "status_word")];
  /** @type {FactRow[]} */
  const facts = [...wordFact, dateFact(properties, "opened_on"), dateFact(properties, "due_on"), closedFact, ["town", townLink(properties["town"])], ...placementFacts(properties), parcelFact(properties, "parcel_id")];
  const parts = [markLine({ ...mark, label: inspectionAge(properties, today) ?? mark.label }, mark.description), ...factParts(facts), ...recordLinks(feature, pageUrl("inspections", id), featureName("inspections", feature))];
  return { subtitle: [inspectionKind(properties), gettext("Inspection %(id)s", { id })].join(" · "), parts };
}
