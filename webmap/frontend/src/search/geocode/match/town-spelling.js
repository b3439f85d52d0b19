// Reads misspelled towns: "hillsale" is Hillsdale, and decides between two towns (geo/geocode/match/town_spelling.py).

import { parseStreet } from "../parse/address-parser.js";
import { splitSpaces } from "../parse/normalize-text.js";
import { splitUnit } from "../parse/unit-designators.js";

/**
 * @typedef {import("../parse/address-parser.js").ParsedAddress} ParsedAddress
 * @typedef {import("../parse/address-parser.js").ParsedLine} ParsedLine
 * @typedef {import("../parse/address-parser.js").SplitAddress} SplitAddress
 * @typedef {import("../parse/town-names.js").TownNames} TownNames
 * @typedef {import("../parse/vocabulary.js").Vocabulary} Vocabulary
 */

const MAX_TOWN_WORDS = 3; // words of a misspelled town at the end of a line

/** Returns a line with the town that its unknown town must mean; the same line if there is none. @param {Vocabulary} vocabulary @param {ParsedLine} line @param {TownNames} townNames @returns {ParsedLine} */
export function withKnownTown(vocabulary, line, townNames) {
  if (!line.townName || townNames.has(line.townName)) return line;
  const townName = townNames.similarName(line.townName);
  return townName ? { ...line, townName, typedTown: vocabulary.expandWords(line.townName).join(" ").toLowerCase() } : line;
}

/** Returns a parsed address with the misspelled town, and the unit before it, that its ignored words are. @param {Vocabulary} vocabulary @param {ParsedAddress} parsed @param {TownNames} townNames @returns {ParsedAddress} */
export function withTownInLeftover(vocabulary, parsed, townNames) {
  const { line } = parsed;
  const words = splitSpaces(line.ignored);
  for (let count = line.townName ? 0 : Math.min(MAX_TOWN_WORDS, words.length); count > 0; count -= 1) {
    const before = words.slice(0, -count);
    const typed = vocabulary.foldWords(words.slice(-count));
    const unit = before.length ? splitUnit(vocabulary, ["", ...before]) : /** @type {[number, string]} */ ([1, ""]);
    const townName = unit?.[0] === 1 ? townNames.similarName(typed) : null;
    if (unit && townName) return { ...parsed, line: { ...line, ignored: "", townName, typedTown: words.slice(-count).join(" ").toLowerCase(), unit: unit[1] || line.unit } };
  }
  return parsed;
}

/** Returns parsed addresses with the last words of the street read as a misspelled town. @param {Vocabulary} vocabulary @param {readonly SplitAddress[]} splits @param {TownNames} townNames @returns {ParsedAddress[]} */
export function parsesWithMisspelledTown(vocabulary, splits, townNames) {
  /** @type {ParsedAddress[]} */
  const parses = [];
  for (const { house, line } of splits) {
    if (line.townName || line.ignored) continue;
    for (let count = Math.min(MAX_TOWN_WORDS, line.street.length - 1); count > 0; count -= 1) {
      const typed = vocabulary.foldWords(line.street.slice(-count));
      const townName = townNames.similarName(typed);
      if (!townName) continue;
      const shortened = { ...line, street: line.street.slice(0, -count), townName, typedTown: line.street.slice(-count).join(" ").toLowerCase() };
      parses.push(...parseStreet(vocabulary, shortened.street).map((street) => ({ house, street, line: shortened })));
    }
  }
  return parses;
}
