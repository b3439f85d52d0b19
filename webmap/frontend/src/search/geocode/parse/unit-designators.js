// Parses units inside a building, by the rules of geo/geocode/parse/unit_designators.py.

import { parseRoad } from "./numbered-roads.js";

/** @typedef {import("./vocabulary.js").Vocabulary} Vocabulary */

const UNIT_ID = /^(?:[A-Z]{0,2}[0-9]{1,6}[A-Z]{0,2}[0-9]?|[A-Z]{1,2})$/;
const BARE_UNIT_ID = /^[A-Z]?[0-9]{1,4}[A-Z]?$/;
const FLOOR = /^([0-9]{1,2})(?:ST|ND|RD|TH)$/;
// These kinds are interchangeable for one door; a floor or a building is not.
const INTERCHANGEABLE_KINDS = new Set(["APT", "STE", "RM", "SPC", "LOT", "TRLR"]);

/** Splits the unit from the end of a line: returns where it begins, and the unit in recorded form. @param {Vocabulary} vocabulary @param {readonly string[]} tokens @returns {[number, string] | null} */
export function splitUnit(vocabulary, tokens) {
  let end = tokens.length;
  let units = "";
  for (let lastUnit = splitLastUnit(vocabulary, tokens.slice(0, end)); lastUnit; lastUnit = splitLastUnit(vocabulary, tokens.slice(0, end))) {
    end = lastUnit[0];
    units = `${lastUnit[1]} ${units}`.trim();
  }
  return units ? [end, units] : null;
}

/** @param {Vocabulary} vocabulary @param {readonly string[]} tokens @returns {[number, string] | null} */
function splitLastUnit(vocabulary, tokens) {
  const n = tokens.length;
  const word = tokens[n - 1] ?? "";
  const floor = n > 1 ? FLOOR.exec(tokens[n - 2] ?? "") : null;
  if (floor && vocabulary.numberedUnit.get(word) === "FL") return [n - 2, `FL ${floor[1]}`];
  const loneUnit = vocabulary.loneUnit.get(word);
  if (n > 1 && loneUnit !== undefined) return [n - 1, loneUnit];
  if (n < 2 || !UNIT_ID.test(word)) return null;
  let begin = n - 1;
  while (begin && vocabulary.plainUnit.has(tokens[begin - 1] ?? "")) begin -= 1;
  const kind = begin ? vocabulary.numberedUnit.get(tokens[begin - 1] ?? "") : undefined;
  if (kind !== undefined) return [begin - 1, `${kind} ${word}`];
  return begin < n - 1 ? [begin, word] : null;
}

/** Returns a word after a street's suffix if it is a unit without a designator, such as 2A; else empty. @param {string} word */
export const unitWithoutDesignator = (word) => (BARE_UNIT_ID.test(word) ? word : "");

/** Returns the last word if it may be a unit and follows a street's suffix; else empty. County Rd 220 has no unit. @param {Vocabulary} vocabulary @param {readonly string[]} tokens */
export function unitAfterSuffix(vocabulary, tokens) {
  const isAfterSuffix = tokens.length > 2 && vocabulary.suffix.has(tokens.at(-2) ?? "");
  return isAfterSuffix && parseRoad(vocabulary, tokens) === null ? unitWithoutDesignator(tokens.at(-1) ?? "") : "";
}

/** Returns whether a typed unit is the recorded one, possibly without its kind. @param {string} typed @param {string} recorded */
export const isSameUnit = (typed, recorded) => typed === recorded || stripUnitKind(typed) === recorded || typed === stripUnitKind(recorded);

/** @param {string} unit */
function stripUnitKind(unit) {
  const spaceIndex = unit.indexOf(" ");
  const kind = spaceIndex < 0 ? unit : unit.slice(0, spaceIndex);
  return INTERCHANGEABLE_KINDS.has(kind) ? (spaceIndex < 0 ? "" : unit.slice(spaceIndex + 1)) : unit;
}

/** Formats a recorded unit as text. @param {string} unit */
export function unitWords(unit) {
  const tokens = unit.split(" ").filter(Boolean);
  if ((tokens.length === 1 && /\p{N}/u.test(unit)) || unit.length <= 2) return `Unit ${unit}`;
  return tokens.map((word) => (/^\p{L}{2,}$/u.test(word) ? word.charAt(0) + word.slice(1).toLowerCase() : word)).join(" ");
}
