// Finds the towns of a ZIP code typed alone, or with a town and state (geo/geocode/match/zip_codes.py).

import { makeCandidate, slugify } from "../geocode-query.js";
import { splitWords } from "../parse/normalize-text.js";
import { matchTown } from "../parse/town-names.js";
import { ngettext } from "../../../ui/gettext.js";

/** @typedef {import("../geocode-query.js").GeocodeQuery} GeocodeQuery */

/** Returns the towns of a ZIP code as suggestions, those with the most addresses first. A typed town limits them. @param {GeocodeQuery} request @returns {import("../geocode-query.js").MatcherResult} */
export function findByZip(request) {
  const { index } = request;
  const [zip, townName] = parseZip(request);
  /** @type {Map<string, number[]>} */
  const rowsByTown = new Map();
  for (let row = 0; zip && row < index.size; row += 1) {
    const town = index.textAt("zip", row) === zip ? index.textAt("town", row) : "";
    if (!town || (townName && index.foldName(town) !== townName)) continue;
    const rows = rowsByTown.get(town);
    if (rows) rows.push(row);
    else rowsByTown.set(town, [row]);
  }
  const towns = [...rowsByTown].sort(([name, rows], [otherName, otherRows]) => otherRows.length - rows.length || (name < otherName ? -1 : 1));
  const candidates = towns.map(([name, rows]) => {
    const changes = [ngettext("%(count)s address here has the ZIP code %(zip)s.", "%(count)s addresses here have the ZIP code %(zip)s.", rows.length, { zip })];
    return makeCandidate({ address: name, town: name, lon: middleOf(rows, index.lon), lat: middleOf(rows, index.lat), status: "prefix", kind: "town", changes, zip, id: slugify(name) });
  });
  return ["prefix", candidates];
}

/** Returns the ZIP code and the folded town of a text that holds nothing else but a state; else two empty texts. @param {GeocodeQuery} request @returns {[string, string]} */
function parseZip({ index, text }) {
  const { vocabulary, townNames } = index;
  const words = splitWords(text).filter((word) => word !== "," && !vocabulary.zipWords.has(word));
  const codes = words.filter((word) => /^[0-9]{5}$/.test(word));
  const code = codes[0] ?? "";
  if (codes.length !== 1) return ["", ""];
  const at = words.indexOf(code);
  let [before, after] = [words.slice(0, at), words.slice(at + 1)];
  if (after.length === 1 && /^\p{Nd}{4}$/u.test(after[0] ?? "")) after = []; // ZIP+4
  if (before.length && vocabulary.state.has(before.at(-1) ?? "")) before = before.slice(0, -1);
  if (!before.length && !after.length) return [code, ""];
  const name = matchTown(townNames, vocabulary.foldWords([...before, ...after]));
  return name === null ? ["", ""] : [code, townNames.aliases.get(name) ?? name];
}

/** Returns the middle of some known values; null if all are unknown. @param {number[]} rows @param {Float64Array} values */
function middleOf(rows, values) {
  const known = rows.map((row) => values[row] ?? NaN).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = known.length >> 1;
  if (!known.length) return null;
  return known.length % 2 ? known[middle] ?? null : ((known[middle - 1] ?? 0) + (known[middle] ?? 0)) / 2;
}
