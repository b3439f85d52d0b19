// Counts the records that match the map's filters but have no location, and links to their exports.
import { gettext, ngettext } from "../ui/gettext.js";

/** Dispatched on the document when other records may match: after a change of filters, or an edit. */
export const MATCHES_CHANGE = "lotleaf:matches-change";

/**
 * Builds the query for records that match a form's filters and are on no map.
 * @param {[string, string][]} filterPairs
 */
export function unplacedQuery(filterPairs) {
  const filledPairs = filterPairs.filter(([, value]) => value !== "");
  const queryPairs = filledPairs.map(([name, value]) => (name === "town" ? [name, `${value},null`] : [name, value]));
  return new URLSearchParams([...queryPairs, ["placed_by", "none"]]);
}

/**
 * Says how many records are on no map.
 * @param {string} layer
 * @param {number} count
 * @param {boolean} isOfTown whether a town is selected
 */
export function unplacedText(layer, count, isOfTown) {
  const text =
    layer === "inspections"
      ? ngettext("%(count)s inspection has no location and is not on the map.", "%(count)s inspections have no location and are not on the map.", count)
      : ngettext("%(count)s tree or site has no location and is not on the map.", "%(count)s trees and sites have no location and are not on the map.", count);
  return isOfTown ? `${text} ${gettext("Records without a known town are counted too.")}` : text;
}

/**
 * Updates the notice about unplaced records whenever other records may match.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} notice
 */
export function followFilters(form, notice) {
  let lastRequestId = 0;
  document.addEventListener(MATCHES_CHANGE, async () => {
    const requestId = (lastRequestId += 1);
    const query = unplacedQuery([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const response = await fetch(`${notice.dataset["count"]}?${query}`).catch(() => null);
    const count = response?.ok ? (await response.json()).count : 0;
    if (requestId === lastRequestId) showUnplacedCount(notice, count, query);
  });
}

/** @param {HTMLElement} notice @param {number} count @param {URLSearchParams} query */
function showUnplacedCount(notice, count, query) {
  const textBox = document.getElementById("unplaced-text");
  if (textBox) textBox.textContent = unplacedText(notice.dataset["layer"] ?? "", count, query.has("town"));
  for (const link of notice.querySelectorAll("a")) link.href = `${link.dataset["export"]}?${query}&download=1`;
  notice.hidden = count === 0;
}
