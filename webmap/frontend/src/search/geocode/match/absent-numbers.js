// Answers a house number that does not exist: its neighbors, the digit that was mistyped, the other street (geo/geocode/match/absent_numbers.py).

import { isOtherRoad } from "./other-names.js";
import { bestMatches, matchAddresses, minimum, range } from "../candidates.js";
import { NO_NUMBER } from "../index-decoder.js";
import { formatHouse } from "../parse/house-numbers.js";
import { houseOfRow, makeStreetMatch, mismatchCost, scoreRows } from "../scoring.js";
import { gettext } from "../../../ui/gettext.js";

/**
 * @typedef {import("../address-index.js").AddressIndex} AddressIndex
 * @typedef {import("../parse/address-parser.js").ParsedAddress} ParsedAddress
 * @typedef {import("../scoring.js").StreetMatch} StreetMatch
 * @typedef {import("../scoring.js").AddressMatch} AddressMatch
 * @typedef {{isOtherSide: boolean, distance: number, match: AddressMatch}} Neighbor
 */

const MAX_MISTYPED = 4; // addresses suggested for a number with a wrong digit
const MAX_ON_OTHER_STREETS = 4; // addresses suggested with the number on another suffix or direction
const MAX_NEIGHBORS = 3; // distances on the street for which addresses are suggested
const NEAR_DISTANCE = 100; // in house numbers, about a block; a farther one is told as far
const MAX_STREETS_FOR_MISTYPED = 3;

/**
 * Returns what may be meant by an absent number, the likelier lists first. Without a neighbor within a block the closest ones come last, however far, if `anyDistance` is set.
 * @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches @param {readonly ParsedAddress[]} parses @param {boolean} anyDistance @returns {AddressMatch[][]}
 */
export function absentNumberMatches(index, streetMatches, parses, anyDistance) {
  const neighbors = neighborMatches(index, streetMatches, NEAR_DISTANCE);
  if (!neighbors.length && !anyDistance) return [];
  const mistyped = streetMatches.length <= MAX_STREETS_FOR_MISTYPED ? matchMistypedNumbers(index, streetMatches) : [];
  const others = [mistyped, matchOtherStreets(index, streetMatches, parses)].filter((matches) => matches.length);
  return neighbors.length ? [...neighbors, ...others] : [...others, ...neighborMatches(index, streetMatches)];
}

/** Returns the addresses at the closest distances, a list for each. With a limit, the closest on the same side comes before closer ones on the other side. @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches @param {number} [maxDistance] @returns {AddressMatch[][]} */
function neighborMatches(index, streetMatches, maxDistance) {
  const neighbors = streetMatches.flatMap((streetMatch) => neighborsOnStreet(index, streetMatch, maxDistance ?? NO_NUMBER));
  const minPenalty = minimum(neighbors.map(({ match }) => match.penalty));
  const wanted = neighbors.filter(({ match }) => match.penalty === minPenalty);
  const closest = minimum(wanted.filter((one) => !one.isOtherSide).map(({ distance }) => distance));
  const isFirst = (/** @type {Neighbor} */ one) => maxDistance !== undefined && !one.isOtherSide && one.distance === closest;
  const rankOf = (/** @type {Neighbor} */ one) => (isFirst(one) ? -1 : one.distance * 2 + Number(one.isOtherSide));
  const ranks = [...new Set(wanted.map(rankOf))].sort((a, b) => a - b).slice(0, MAX_NEIGHBORS);
  return ranks.map((rank) => bestMatches(index, wanted.filter((one) => rankOf(one) === rank).map(({ match }) => match)));
}

/** Returns the next rows below and above the number on its side, and the closest row on the other side. Rows of a typed town come before all others. @param {AddressIndex} index @param {StreetMatch} streetMatch @param {number} maxDistance @returns {Neighbor[]} */
function neighborsOnStreet(index, streetMatch, maxDistance) {
  const house = streetMatch.parsed.house;
  if (!house) return [];
  const steps = range(...index.rowRange(streetMatch.streetId)).map((row) => {
    const low = index.houseNumbers[row] ?? NO_NUMBER;
    const step = Math.max(low - house.number, 0) - Math.max(house.number - Math.max(low, index.high[row] ?? 0), 0);
    return { row, low, step, isSameSide: low % 2 === house.number % 2 };
  });
  const close = steps.filter(({ low, step }) => low !== NO_NUMBER && Math.abs(step) <= maxDistance);
  const inTown = close.filter(({ row }) => isInTown(index, row, streetMatch.parsed));
  const wanted = inTown.length ? inTown : close;
  const [same, other] = [wanted.filter(({ isSameSide }) => isSameSide), wanted.filter(({ isSameSide }) => !isSameSide)];
  const sameSteps = closestSteps(same.map(({ step }) => step));
  const closest = minimum(sameSteps.map(Math.abs));
  const rowsAt = (/** @type {typeof steps} */ side, /** @type {number} */ step) => side.filter((one) => one.step === step).map(({ row }) => row);
  const otherSteps = closestSteps(other.map(({ step }) => step));
  const closestOther = minimum(otherSteps.map(Math.abs));
  return [
    ...sameSteps.flatMap((step) => scoreNeighbors(index, streetMatch, rowsAt(same, step), step, closest)),
    ...otherSteps.filter((step) => Math.abs(step) === closestOther).flatMap((step) => scoreNeighbors(index, streetMatch, rowsAt(other, step), step, null)),
  ];
}

/** Returns the negative and the positive step closest to 0, those that exist. @param {number[]} steps */
function closestSteps(steps) {
  const [below, above] = [steps.filter((step) => step < 0), steps.filter((step) => step >= 0)];
  return [...(below.length ? [-minimum(below.map((step) => -step))] : []), ...(above.length ? [minimum(above)] : [])];
}

/** @param {AddressIndex} index @param {StreetMatch} streetMatch @param {number[]} rows @param {number} step @param {number | null} closest the least distance on its side; null on the other side @returns {Neighbor[]} */
function scoreNeighbors(index, streetMatch, rows, step, closest) {
  const typed = streetMatch.parsed.house ? formatHouse(streetMatch.parsed.house) : "";
  const distance = Math.abs(step);
  return rows.flatMap((row) => {
    const messages = neighborTexts(typed, formatHouse(houseOfRow(index, row)), distance, closest);
    const mismatches = messages.map((message, i) => /** @type {[number, string]} */ ([i ? 0 : 6, message]));
    return scoreRows(index, [row], streetMatch, mismatches).map((match) => ({ isOtherSide: closest === null, distance, match }));
  });
}

/** Says that a number is not on record and which one is, and the distance of one beyond a block. @param {string} typed @param {string} recorded @param {number} distance @param {number | null} closest @returns {string[]} */
function neighborTexts(typed, recorded, distance, closest) {
  const numbers = { typed, recorded };
  let text = gettext("Number %(typed)s is not on record; %(recorded)s is the nearest on the other side.", numbers);
  if (closest !== null) {
    text =
      distance === closest
        ? gettext("Number %(typed)s is not on record; %(recorded)s is the nearest on the same side.", numbers)
        : gettext("Number %(typed)s is not on record; %(recorded)s is the next on the same side.", numbers);
  }
  return distance <= NEAR_DISTANCE ? [text] : [text, gettext("It is %(distance)s numbers away.", { distance })];
}

/** @param {AddressIndex} index @param {number} row @param {ParsedAddress} parsed */
function isInTown(index, row, parsed) {
  const { townName } = parsed.line;
  return !townName || index.foldName(index.textAt("town", row)) === townName || index.foldName(index.textAt("postal", row)) === townName;
}

/** Returns the addresses with the number on a street of the same name with another suffix or direction. @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches @param {readonly ParsedAddress[]} parses @returns {AddressMatch[]} */
function matchOtherStreets(index, streetMatches, parses) {
  const triedIds = new Set(streetMatches.map((streetMatch) => streetMatch.streetId));
  const others = parses.flatMap((parsed) => (index.streetsByName.get(parsed.street.name) ?? []).filter(([streetId, { name }]) => !triedIds.has(streetId) && !isOtherRoad(index, parsed.line.street, streetId, name)).map(([streetId, recorded]) => makeStreetMatch(parsed, streetId, recorded)));
  const minCost = minimum(others.map(mismatchCost));
  return matchAddresses(index, others.filter((other) => mismatchCost(other) === minCost)).slice(0, MAX_ON_OTHER_STREETS);
}

/** Returns the addresses whose number is the typed one with two digits swapped, or with one digit wrong. @param {AddressIndex} index @param {readonly StreetMatch[]} streetMatches @returns {AddressMatch[]} */
export function matchMistypedNumbers(index, streetMatches) {
  /** @type {AddressMatch[]} */
  const matches = [];
  for (const streetMatch of streetMatches) {
    const typedHouse = streetMatch.parsed.house;
    if (!typedHouse) continue;
    for (const number of mistypedNumbers(typedHouse.number)) {
      const message = gettext("Number %(typed)s is not on record. Did you mean %(number)s?", { typed: formatHouse(typedHouse), number });
      matches.push(...scoreRows(index, range(...index.rowRange(streetMatch.streetId, number)), streetMatch, [[7, message]]));
    }
  }
  const minPenalty = minimum(matches.map((match) => match.penalty));
  return [...new Map(matches.filter((match) => match.penalty === minPenalty).map((match) => [match.row, match])).values()].slice(0, MAX_MISTYPED);
}

/** Returns a number with two neighboring digits swapped, then with one replaced. @param {number} number @returns {number[]} */
function mistypedNumbers(number) {
  const digits = [...`${number}`];
  const places = [...digits.keys()];
  const swapped = places.slice(0, -1).map((i) => digits.toSpliced(i, 2, digits[i + 1] ?? "", digits[i] ?? "").join(""));
  const replaced = places.toReversed().flatMap((i) => [..."0123456789"].map((digit) => digits.toSpliced(i, 1, digit).join("")));
  return [...new Set([...swapped, ...replaced])].filter((text) => !text.startsWith("0") && text !== `${number}`).map(Number);
}
