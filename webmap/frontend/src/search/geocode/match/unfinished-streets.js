// Finds streets typed in one piece or begun with a slip: "chambersrdse", "partru" (geo/geocode/match/unfinished_streets.py).

import { minimum, uniqueItems } from "../candidates.js";
import { digitsIn, editDistance } from "../parse/edit-distance.js";
import { makeStreetMatch } from "../scoring.js";

/**
 * @typedef {import("../address-index.js").AddressIndex} AddressIndex
 * @typedef {import("../parse/address-parser.js").SplitAddress} SplitAddress
 * @typedef {import("../parse/address-parser.js").Street} Street
 * @typedef {import("../parse/vocabulary.js").Vocabulary} Vocabulary
 * @typedef {import("../scoring.js").StreetMatch} StreetMatch
 */

const MIN_JOINED_LETTERS = 5;
const MIN_BEGINNING = 4; // letters
const MIN_BEGINNING_TWO_EDITS = 9; // letters
const NO_STREET = { predir: "", name: "", suffix: "", postdir: "" };

/** Returns the streets with the typed number whose parts are the typed letters, whatever the spaces. @param {AddressIndex} index @param {readonly SplitAddress[]} splits @returns {StreetMatch[]} */
export function joinedStreetMatches(index, splits) {
  const matches = splits.flatMap(({ house, line }) => {
    const typed = line.street.join("");
    if (!house || line.ignored || typed.length < MIN_JOINED_LETTERS) return [];
    return [...index.streetsWithNumber(house.number)].flatMap((streetId) => {
      const recorded = /** @type {Street} */ (index.streets[streetId]);
      return splitJoined(index.vocabulary, typed, recorded).map((street) => makeStreetMatch({ house, street, line }, streetId, recorded, { typedText: line.street.join(" ").toLowerCase() }));
    });
  });
  return uniqueItems(matches);
}

/** Returns a recorded street with the parts that joined letters hold; none if they are no such street. @param {Vocabulary} vocabulary @param {string} typed @param {Street} recorded @returns {Street[]} */
function splitJoined(vocabulary, typed, recorded) {
  const { direction, suffix: suffixes } = vocabulary;
  const name = vocabulary.expandName(recorded.name);
  const start = typed.indexOf(name);
  const [predir, after] = [typed.slice(0, Math.max(0, start)), typed.slice(start + name.length)];
  if (start < 0 || (predir && direction.get(predir) !== recorded.predir)) return [];
  for (let end = 0; end <= after.length; end += 1) {
    const [suffix, postdir] = [after.slice(0, end), after.slice(end)];
    const isAlike = (!suffix || suffixes.get(suffix) === recorded.suffix) && (!postdir || direction.get(postdir) === recorded.postdir);
    if (isAlike) return [{ predir: predir && recorded.predir, name: recorded.name, suffix: suffix && recorded.suffix, postdir: postdir && recorded.postdir }];
  }
  return [];
}

/** Returns the streets with the typed number that begin, but for a slip, with the typed letters: those closest. @param {AddressIndex} index @param {readonly SplitAddress[]} splits @returns {StreetMatch[]} */
export function misspelledBeginningMatches(index, splits) {
  /** @type {Map<string, [StreetMatch, number]>} */
  const found = new Map();
  for (const { house, line } of splits) {
    if (!house || line.ignored) continue;
    const typed = index.vocabulary.expandName(line.street.join(" "));
    for (const streetId of index.streetsWithNumber(house.number)) {
      if (index.otherNames.roadOfStreet.has(streetId)) continue; // a road is its number or letter, which the beginning lacks
      const edits = beginningEdits(typed, index.namesByForm[0]?.[streetId] ?? "");
      if (edits === null) continue;
      const match = makeStreetMatch({ house, street: NO_STREET, line }, streetId, /** @type {Street} */ (index.streets[streetId]), { typedText: line.street.join(" ").toLowerCase() });
      const key = JSON.stringify(match);
      found.set(key, [match, Math.min(edits, found.get(key)?.[1] ?? edits)]);
    }
  }
  const least = minimum([...found.values()].map(([, edits]) => edits));
  return [...found.values()].filter(([, edits]) => edits === least).map(([match]) => match);
}

/** Returns the edits from typed letters to the beginning of a name; null if there are too many. @param {string} typed @param {string} name @returns {number | null} */
function beginningEdits(typed, name) {
  if (typed.length < MIN_BEGINNING || name.length <= typed.length) return null;
  const maxEdits = 1 + Number(typed.length >= MIN_BEGINNING_TWO_EDITS);
  const beginnings = [-1, 0, 1].map((more) => name.slice(0, typed.length + more)).filter((beginning) => digitsIn(beginning) === digitsIn(typed));
  const edits = minimum(beginnings.map((beginning) => editDistance(typed, beginning, maxEdits)));
  return edits <= maxEdits ? edits : null;
}
