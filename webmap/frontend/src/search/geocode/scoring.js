// Scores how well rows of the index match a typed address, and describes each mismatch (geo/geocode/match/scoring.py).

import { anotherNameText, ignoredText, otherNumberText, otherStreetText, readAsText } from "./parse/change-texts.js";
import { formatHouse, makeHouse } from "./parse/house-numbers.js";
import { toTitleCase } from "./parse/normalize-text.js";
import { isSameUnit, unitWords } from "./parse/unit-designators.js";
import { gettext } from "../../ui/gettext.js";

/**
 * @typedef {import("./address-index.js").AddressIndex} AddressIndex
 * @typedef {import("./parse/address-parser.js").ParsedAddress} ParsedAddress
 * @typedef {import("./parse/address-parser.js").Street} Street
 * @typedef {import("./parse/address-parser.js").ParsedLine} ParsedLine
 * @typedef {import("./parse/house-numbers.js").House} House
 * @typedef {readonly [number, string]} Mismatch the penalty and the message
 * @typedef {{parsed: ParsedAddress, streetId: number, recordedStreet: Street, alias: string, typedText: string}} StreetMatch
 * @typedef {{row: number, penalty: number, mismatches: readonly string[], omittedCount: number, isComplete: boolean, unitOmitted: boolean}} AddressMatch
 */

const MOVED_DIRECTION = "behind";
const UNIT_LETTERS = new Map([["REAR", "R"], ["FRNT", "F"]]); // letters of house numbers that say what such a unit says
const STREET_PARTS = /** @type {const} */ (["predir", "suffix", "postdir"]);

/** @param {ParsedAddress} parsed @param {number} streetId @param {Street} recordedStreet @param {{alias?: string, typedText?: string}} [options] @returns {StreetMatch} */
export const makeStreetMatch = (parsed, streetId, recordedStreet, options = {}) => ({ parsed, streetId, recordedStreet, alias: options.alias ?? "", typedText: options.typedText ?? "" });

/** Returns the parts of a typed street that differ from the recorded one; a part left out is no mismatch. @param {Street} typed @param {Street} recorded @returns {string[]} */
export function mismatchedParts(typed, recorded) {
  const isMoved = Boolean(typed.postdir) && !typed.predir && !recorded.postdir && typed.postdir === recorded.predir;
  const parts = STREET_PARTS.filter((part) => typed[part] && typed[part] !== recorded[part] && !(isMoved && part === "postdir"));
  return isMoved ? [MOVED_DIRECTION, ...parts] : parts;
}

/** @param {StreetMatch} streetMatch */
const mismatchedPartsOf = (streetMatch) => (streetMatch.alias ? [] : mismatchedParts(streetMatch.parsed.street, streetMatch.recordedStreet));

/** Returns how far off the street is: two for each differing part, one for a moved direction. @param {StreetMatch} streetMatch */
export const mismatchCost = (streetMatch) => mismatchedPartsOf(streetMatch).reduce((sum, part) => sum + (part === MOVED_DIRECTION ? 1 : 2), 0);

/** Counts the parts of the recorded street that were not typed, or typed differently. @param {StreetMatch} streetMatch */
const omittedCountOf = (streetMatch) => STREET_PARTS.filter((part) => streetMatch.parsed.street[part] !== streetMatch.recordedStreet[part]).length;

/** Scores rows of a street against a parsed address. @param {AddressIndex} index @param {readonly number[]} rows @param {StreetMatch} streetMatch @param {readonly Mismatch[]} [extraMismatches] found before @returns {AddressMatch[]} */
export function scoreRows(index, rows, streetMatch, extraMismatches = []) {
  if (!rows.length) return [];
  const { house: typedHouse, line } = streetMatch.parsed;
  const sharedMismatches = [...extraMismatches, ...streetMismatches(index, streetMatch)];
  const omittedCount = omittedCountOf(streetMatch);
  return rows.map((row) => {
    const mismatches = [...sharedMismatches, ...localityMismatches(index, row, line)];
    const unit = index.textAt("unit", row);
    if (line.unit && typedHouse && isLetteredPart(index, row, typedHouse, line.unit)) mismatches.push([1, readAsText(unitWords(line.unit).toLowerCase(), formatWithoutRange(houseOfRow(index, row)))]);
    else {
      if (typedHouse && !extraMismatches.length) mismatches.push(...houseMismatches(index, row, typedHouse));
      if (line.unit) mismatches.push(...unitMismatches(unit, line.unit));
    }
    const unitOmitted = Boolean(unit) && !line.unit;
    const inRange = typedHouse !== null && !typedHouse.high && Boolean(index.high[row]);
    return {
      row,
      penalty: mismatches.reduce((sum, [penalty]) => sum + penalty, 0),
      mismatches: mismatches.map(([, message]) => message),
      omittedCount,
      isComplete: !(unitOmitted || inRange),
      unitOmitted,
    };
  });
}

/** @param {AddressIndex} index @param {StreetMatch} streetMatch @returns {Mismatch[]} */
function streetMismatches(index, streetMatch) {
  const label = index.streetLabels[streetMatch.streetId] ?? "";
  const { house: typedHouse, line, street } = streetMatch.parsed;
  /** @type {Mismatch[]} */
  const mismatches = mismatchedPartsOf(streetMatch).map((part) => {
    if (part === MOVED_DIRECTION) return [3, gettext("Moved “%(typed)s” before the name.", { typed: street.postdir })];
    const typedPart = street[/** @type {typeof STREET_PARTS[number]} */ (part)];
    return [4, otherStreetText(part === "suffix" ? capitalize(typedPart) : typedPart, label)];
  });
  if (streetMatch.alias) mismatches.push([1, anotherNameText(streetMatch.alias, label)]);
  if (streetMatch.typedText) mismatches.push([1, readAsText(streetMatch.typedText, label)]);
  if (line.ignored) mismatches.push([2, ignoredText(line.ignored.toLowerCase())]);
  if (typedHouse?.numberWords) mismatches.push([1, readAsText(typedHouse.numberWords, `${typedHouse.number}`)]);
  return mismatches;
}

/** @param {string} word */
const capitalize = (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/** @param {AddressIndex} index @param {number} row @param {House} typed @returns {Mismatch[]} */
function houseMismatches(index, row, typed) {
  const recorded = houseOfRow(index, row);
  if (typed.frac !== recorded.frac || typed.letter !== recorded.letter) {
    return [[typed.frac || typed.letter ? 4 : 3, otherNumberText(formatWithoutRange(typed), formatWithoutRange(recorded))]];
  }
  return typed.high && typed.high !== recorded.high ? [[3, otherNumberText(formatHouse(typed), formatHouse(recorded))]] : [];
}

/** @param {House} house */
const formatWithoutRange = (house) => formatHouse({ ...house, high: 0 });

/** Returns whether a row has the letter for a typed rear or front: the rear of 2735 is 2735R. @param {AddressIndex} index @param {number} row @param {House} typed @param {string} unit */
function isLetteredPart(index, row, typed, unit) {
  const letter = UNIT_LETTERS.get(unit);
  const isAlike = typed.number === index.houseNumber(row) && typed.frac === index.textAt("frac", row) && !typed.high;
  return letter !== undefined && isAlike && !typed.letter && letter === index.textAt("letter", row);
}

/** @param {string} recorded @param {string} typed @returns {Mismatch[]} */
function unitMismatches(recorded, typed) {
  if (isSameUnit(typed, recorded)) return [];
  const unit = unitWords(typed);
  if (!recorded) return [[2, gettext("%(unit)s is not on record; this is the whole address.", { unit })]];
  return [[5, gettext("%(unit)s is not on record; this is %(recorded)s.", { unit, recorded: unitWords(recorded) })]];
}

/** @param {AddressIndex} index @param {number} row @param {ParsedLine} line @returns {Mismatch[]} */
function localityMismatches(index, row, line) {
  if (!(line.townName || line.zip || line.zip4 || line.state)) return [];
  const town = index.textAt("town", row);
  const zip = index.textAt("zip", row);
  /** @type {Mismatch[]} */
  const mismatches = [];
  if (line.typedTown) mismatches.push([1, readAsText(line.typedTown, index.townNames.get(line.townName) ?? "")]);
  if (line.townName && line.townName !== index.foldName(town) && line.townName !== index.foldName(index.textAt("postal", row))) {
    mismatches.push([4, otherTownText(formatAddress(index, row), town, index.townNames.get(line.townName) ?? toTitleCase(line.townName))]);
  }
  if (line.zip && line.zip !== zip) mismatches.push(zipMismatch(line.zip, zip));
  if (line.zip4) mismatches.push([1, gettext("Ignored “%(typed)s” after the ZIP code.", { typed: line.zip4 })]);
  const state = index.vocabulary.stateByZipPrefix.get(zip.slice(0, 3));
  if (line.state && state && line.state !== state) mismatches.push([4, gettext("The state is %(state)s, not %(typed)s.", { state, typed: line.state })]);
  return mismatches;
}

/** @param {string} address @param {string} town @param {string} typedTown */
function otherTownText(address, town, typedTown) {
  if (!town) return gettext("%(address)s is not on record in %(town)s.", { address, town: typedTown });
  return gettext("%(address)s is in %(town)s, not in %(typed)s.", { address, town, typed: typedTown });
}

/** @param {string} typed @param {string} recorded @returns {Mismatch} */
function zipMismatch(typed, recorded) {
  if (recorded) return [2, gettext("The ZIP code is %(zip)s, not %(typed)s.", { zip: recorded, typed })];
  return [1, gettext("Ignored the ZIP code %(zip)s; none is on record.", { zip: typed })];
}

/** Returns the house number of a row in its parts. @param {AddressIndex} index @param {number} row @returns {House} */
export const houseOfRow = (index, row) => makeHouse(index.houseNumber(row), { high: index.high[row] ?? 0, frac: index.textAt("frac", row), letter: index.textAt("letter", row) });

/** Formats the address of a row. @param {AddressIndex} index @param {number} row @param {boolean} [withUnit] */
export function formatAddress(index, row, withUnit = true) {
  const house = houseOfRow(index, row);
  const street = index.streetLabels[index.streetIdOfRow(row)] ?? "";
  const text = house.number >= 0 ? `${formatHouse(house)} ${street}` : street;
  const unit = withUnit ? index.textAt("unit", row) : "";
  return unit ? `${text} ${unitWords(unit)}` : text;
}
