// From text to readings, by the rules of geo/addresses/reading/parsing.py: every sensible way to part an address; the table decides which is meant.

import { houses } from "./houses.js";
import { split } from "./texts.js";
import { bareUnit, splitUnit } from "./units.js";

/**
 * @typedef {import("./wordbook.js").Words} Words
 * @typedef {import("./houses.js").House} House
 * @typedef {{predir: string, name: string, suffix: string, postdir: string}} Street
 * @typedef {{street: readonly string[], unit: string, place: string, state: string, zip: string, zip4: string, ignored: string}} Line
 * @typedef {{house: House | null, street: Street, line: Line}} Reading
 * @typedef {{house: House | null, line: Line}} Parted
 * @typedef {ReadonlyMap<string, string>} Places folded names of towns and post offices
 */

const LONGEST_PLACE = 5; // words
/** @type {Line} */
const EMPTY = { street: [], unit: "", place: "", state: "", zip: "", zip4: "", ignored: "" };

/** Each way to part a plain text into house number and line, the street still whole. @param {Words} words @param {string} text @param {Places} places @returns {Parted[]} */
export function parted(words, text, places) {
  return houses(words, text).flatMap(([house, rest]) => lines(words, rest, places).map((line) => ({ house, line })));
}

/** The readings of a text that is parted; some may come twice. @param {Words} words @param {readonly Parted[]} parts @returns {Reading[]} */
export function readingsOf(words, parts) {
  return parts.flatMap(({ house, line }) => streets(words, line.street).map((street) => ({ house, street, line })));
}

/** Readings in which the street ends at a suffix and what follows is left over. @param {Words} words @param {readonly Parted[]} parts @returns {Reading[]} */
export function readingsWithRest(words, parts) {
  /** @type {Reading[]} */
  const found = [];
  for (const { house, line } of parts) {
    const end = line.street.at(-1);
    if (end === undefined || words.suffix.has(end) || words.direction.has(end)) continue;
    for (let at = line.street.length - 1; at > 1; at -= 1) {
      if (!words.suffix.has(line.street[at - 1] ?? "")) continue;
      const cut = { ...line, street: line.street.slice(0, at), ignored: line.street.slice(at).join(" ") };
      found.push(...streets(words, cut.street).map((street) => ({ house, street, line: cut })));
    }
  }
  return found;
}

/** The ways to part a street: with and without direction, suffix, direction behind. @param {Words} words @param {readonly string[]} parts @returns {Street[]} */
export function streets(words, parts) {
  return ends(words, parts).flatMap(([body, suffix, postdir]) => {
    const whole = { predir: "", name: words.fold(body), suffix, postdir };
    const predir = words.direction.get(body[0] ?? "");
    return body.length > 1 && predir !== undefined ? [{ predir, name: words.fold(body.slice(1)), suffix, postdir }, whole] : [whole];
  });
}

/** @param {Words} words @param {readonly string[]} parts @returns {[readonly string[], string, string][]} */
function ends(words, parts) {
  const n = parts.length;
  if (!n) return [];
  const direction = words.direction.get(parts[n - 1] ?? "");
  const suffix = words.suffix.get(parts[n - 1] ?? "");
  const before = words.suffix.get(parts[n - 2] ?? "");
  /** @type {[readonly string[], string, string][]} */
  const found = [];
  if (n > 2 && direction !== undefined && before !== undefined) found.push([parts.slice(0, -2), before, direction]);
  if (n > 1 && suffix !== undefined) found.push([parts.slice(0, -1), suffix, ""]);
  found.push([parts, "", ""]);
  if (n > 1 && direction !== undefined) found.push([parts.slice(0, -1), "", direction]);
  return found;
}

/** The ways to part what follows a house number into street, unit, place and ZIP. @param {Words} words @param {string} text @param {Places} places @returns {Line[]} */
function lines(words, text, places) {
  const [parts, line] = stateAndZip(words, split(text.replaceAll("-", " ")), places);
  if (parts.includes(",")) return withCommas(words, parts, line, places);
  const placed = placesIn(words, parts, places).flatMap(([count, place]) => withUnits(words, parts.slice(0, parts.length - count), { ...line, place }));
  return [...placed, ...withUnits(words, parts, line)];
}

/** Take country, ZIP and state from the end. @param {Words} words @param {string[]} typed @param {Places} places @returns {[string[], Line]} */
function stateAndZip(words, typed, places) {
  let zip = "";
  let zip4 = "";
  let parts = trimmed(typed);
  if (parts.length > 2 && words.country.has(parts.at(-1) ?? "")) parts = trimmed(parts.slice(0, -1));
  if (parts.length > 2 && isDigits(parts.at(-2), 5) && isDigits(parts.at(-1), 4)) {
    zip4 = parts.at(-1) ?? "";
    parts = parts.slice(0, -1);
  }
  if (parts.length > 1 && isDigits(parts.at(-1), 5) && !opensUnit(words, parts.at(-2) ?? "")) {
    zip = parts.at(-1) ?? "";
    parts = trimmed(parts.slice(0, -1));
  } else if (zip4) {
    parts = [...parts, zip4];
    zip4 = "";
  }
  for (const count of [1, 2]) {
    const name = parts.slice(-count).join(" ");
    const state = words.state.get(name);
    const before = parts.slice(0, Math.max(0, parts.length - count));
    if (state !== undefined && mayBeState(words, before, name, zip, places)) return [trimmed(before), { ...EMPTY, state, zip, zip4 }];
  }
  return [parts, { ...EMPTY, zip, zip4 }];
}

/** Tell a state from a suffix or direction of the same letters. @param {Words} words @param {string[]} before @param {string} name @param {string} zip @param {Places} places */
function mayBeState(words, before, name, zip, places) {
  if (!before.length) return false;
  if (before.at(-1) === "," || placesIn(words, before, places).length) return true;
  return Boolean(zip) && !words.suffix.has(name) && !words.direction.has(name) && before.length > 1;
}

/** @param {string | undefined} word @param {number} count */
const isDigits = (word, count) => word !== undefined && word.length === count && /^[0-9]+$/.test(word);

/** @param {Words} words @param {string} word */
const opensUnit = (words, word) => words.plainUnit.has(word) || words.numberedUnit.has(word);

/** @param {string[]} parts */
function trimmed(parts) {
  let end = parts.length;
  while (end && parts[end - 1] === ",") end -= 1;
  return parts.slice(0, end);
}

/** Part at the commas: the street stands first, then units and the place. @param {Words} words @param {string[]} parts @param {Line} line @param {Places} places @returns {Line[]} */
function withCommas(words, parts, line, places) {
  const [first = [], ...others] = parts.join(" ").split(",").map(split);
  const read = others.filter((part) => part.length).map((part) => unitAndPlace(words, part, places));
  const units = read.map(([unit]) => unit).filter(Boolean);
  const names = read.map(([, name]) => name).filter(Boolean);
  const known = names.find((name) => places.has(name));
  const placed = known === undefined ? { ...line, place: names.join(" ") } : { ...line, place: known, ignored: names.filter((name) => name !== known).join(" ") };
  return withUnits(words, first, placed).map((one) => ({ ...one, unit: [one.unit, ...units].filter(Boolean).join(" ") }));
}

/** Read what stands between two commas. @param {Words} words @param {string[]} part @param {Places} places @returns {[string, string]} */
function unitAndPlace(words, part, places) {
  /** @type {[number, string][]} */
  const ways = [[0, ""], ...placesIn(words, ["", ...part], places)];
  for (const [count, name] of ways) {
    const before = part.slice(0, part.length - count);
    const found = splitUnit(words, ["", ...before]);
    if (!before.length || found?.[0] === 1) return [found ? found[1] : "", name];
  }
  return ["", words.fold(part)];
}

/** @param {Words} words @param {readonly string[]} parts @param {Places} places @returns {[number, string][]} */
function placesIn(words, parts, places) {
  /** @type {[number, string][]} */
  const found = [];
  for (let count = Math.min(LONGEST_PLACE, parts.length - 1); count > 0; count -= 1) {
    const name = words.fold(parts.slice(-count));
    if (places.has(name)) found.push([count, name]);
  }
  return found;
}

/** Take the unit from the end of a street, if there is one. @param {Words} words @param {readonly string[]} parts @param {Line} line @returns {Line[]} */
function withUnits(words, parts, line) {
  const n = parts.length;
  if (!n) return [];
  const whole = { ...line, street: parts };
  const found = splitUnit(words, parts);
  if (found) return found[0] ? [{ ...line, street: parts.slice(0, found[0]), unit: found[1] }, whole] : [whole];
  const unit = n > 2 && words.suffix.has(parts[n - 2] ?? "") ? bareUnit(parts[n - 1] ?? "") : "";
  return unit ? [{ ...line, street: parts.slice(0, -1), unit }, whole] : [whole];
}
