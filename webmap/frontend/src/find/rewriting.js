// Rewriting: what people type in another order or with words around it, put as addresses are written (geo/addresses/reading/rewriting.py).

import { oneNumber, unglued, withAnd, withEnding, wordOnce } from "./mending.js";
import { split, wordsOf } from "./texts.js";

/**
 * @typedef {import("./wordbook.js").Words} Words
 * @typedef {import("./reading.js").Places} Places
 * @typedef {import("./mending.js").Rewritten} Rewritten
 */

const NUMBER = /^[0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?$/;
const UNIT = /^(?:[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z])$/;
const BEHIND = /^([^0-9].*?)[ ,-]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)$/;
const GOVERNED = ["CITY", "TOWN", "VILLAGE"]; // of
const APART = [",", "-", "&"]; // what stands between a place and what follows
const MOST_PLACE = 5; // words
const RULES = [
  ...[unitLast, withoutWordsBefore, areaLast, oneNumber],
  ...[unglued, numberWithin, numberFirst, withoutWordsBetween, firstOfTwo],
  ...[wordOnce, withEnding, withAnd],
];

/** A plain text after each rule that it calls for, with all that was done so far. @param {Words} words @param {string} text @param {Places} places @returns {[string, string[]][]} */
export function rewritings(words, text, places) {
  /** @type {[string, string[]][]} */
  const found = [];
  if (!text) return found;
  for (const rule of RULES) {
    const [before, told] = found.at(-1) ?? [text, []];
    const done = rule(words, before, places);
    if (done) found.push([done[0], [...told, done[1]]]);
  }
  return found;
}

/** @param {string | undefined} part */
const isNumber = (part) => part !== undefined && NUMBER.test(part);

/** @param {Words} words @param {string} word */
const isZip = (words, word) => /^[0-9]{5}$/.test(word) && words.stateOfZip.has(word.slice(0, 3));

/** Leave out one word at the front. @param {string[]} parts @param {string[]} some */
const behind = (parts, some) => (some.includes(parts[0] ?? "") ? parts.slice(1) : parts);

/** Put a unit that stands before the street or its number behind them. @param {Words} words @param {string} text @returns {Rewritten | null} */
function unitLast(words, text) {
  const parts = split(text);
  for (const at of [0, 1]) {
    if (at && !isNumber(parts[0])) continue;
    const count = unitAt(words, parts, at);
    const rest = behind(parts.slice(at + count), [",", "OF"]);
    if (!count || !rest.length || !(at || isNumber(rest[0]))) continue;
    const unit = parts.slice(at, at + count);
    return [[...parts.slice(0, at), ...rest, ",", ...unit].join(" "), `Unit: “${unit.join(" ").toLowerCase()}” was typed before the street.`];
  }
  return null;
}

/** Count the words of a unit at a place: two for apt 2, three for apt unit 2, one for rear. @param {Words} words @param {string[]} parts @param {number} at */
function unitAt(words, parts, at) {
  if (words.loneUnit.has(parts[at] ?? "")) return 1;
  const kinds = parts.slice(at).findIndex((part) => !words.numberedUnit.has(part) && !words.plainUnit.has(part));
  return kinds > 0 && UNIT.test(parts[at + kinds] ?? "") ? kinds + 1 : 0;
}

/** Leave out what says no more than that an address follows: house no. 4021. @param {Words} words @param {string} text @returns {Rewritten | null} */
function withoutWordsBefore(words, text) {
  const parts = split(text);
  const count = parts.findIndex((part) => !words.before.has(part));
  if (count < 1 || !isNumber(parts[count])) return null;
  return [parts.slice(count).join(" "), `Left out: “${parts.slice(0, count).join(" ").toLowerCase()}” was ignored.`];
}

/** Put a town, state and ZIP code that stand before the address behind it. @param {Words} words @param {string} text @param {Places} places @returns {Rewritten | null} */
function areaLast(words, text, places) {
  const parts = split(text);
  const first = GOVERNED.includes(parts[0] ?? "") && parts[1] === "OF" ? 2 : 0;
  let end = areaEnd(words, parts, first, places);
  if (!parts.slice(end).some(isNumber)) {
    // then a code is the house number
    const code = parts.slice(0, end).findLastIndex((part) => isZip(words, part));
    end = code > first ? code : first;
  }
  const area = parts.slice(first, end).filter((part) => !APART.includes(part));
  const rest = parts.slice(end);
  if (!area.length || !rest.length || words.suffix.has(rest[0] ?? "") || bareSuffix(words, rest)) return null;
  if (area.length === 1 && isZip(words, area[0] ?? "") && (!isNumber(rest[0]) || parts.includes("&"))) return null;
  return [[...rest, ",", ...area].join(" "), `Town: “${area.join(" ").toLowerCase()}” was typed before the address.`];
}

/** Whether a number and a suffix are all: then what stands before them is the name. @param {Words} words @param {string[]} parts */
const bareSuffix = (words, parts) => words.suffix.has(parts[1] ?? "") && (parts[2] ?? ",") === ",";

/** Where what names towns, states and one ZIP code ends, with what stands between and behind them. @param {Words} words @param {string[]} parts @param {number} at @param {Places} places */
function areaEnd(words, parts, at, places) {
  let end = at;
  let coded = false;
  for (let count = placeAt(words, parts, end, places); count; count = placeAt(words, parts, end, places)) {
    const code = isZip(words, parts[end] ?? "");
    if (code && coded) break; // a second one is a house number
    coded ||= code;
    end += count;
    while (APART.includes(parts[end] ?? "")) end += 1;
  }
  return end;
}

/** Count the words of a town, a state or a ZIP code at a place. @param {Words} words @param {string[]} parts @param {number} at @param {Places} places */
function placeAt(words, parts, at, places) {
  for (let count = Math.min(MOST_PLACE, parts.length - at); count > 0; count -= 1) {
    if (places.has(words.fold(wordsOf(parts.slice(at, at + count).join(" "))))) return count;
  }
  return Number(words.state.has(parts[at] ?? "") || isZip(words, parts[at] ?? ""));
}

/** Put a number that stands behind its street before it; one behind "Apt" is no such number. @param {Words} words @param {string} text @returns {Rewritten | null} */
function numberFirst(words, text) {
  const found = BEHIND.exec(text);
  let before = split(found?.[1] ?? "");
  if (!found || words.numberedUnit.has(before.at(-1) ?? "")) return null;
  // "# 4021" with no number before it is the house's
  while (before.length > 1 && (words.plainUnit.has(before.at(-1) ?? "") || before.at(-1) === ",")) before = before.slice(0, -1);
  return [`${found[2]} ${before.join(" ")}${found[3]}`, `Number: ${found[2]} was typed behind the street.`];
}

/** Put a number that stands amid the words before them; what cannot be of its street is left out. @param {Words} words @param {string} text @param {Places} places @returns {Rewritten | null} */
function numberWithin(words, text, places) {
  const parts = split(text);
  const at = parts.findIndex(isNumber);
  const [before, number = "", after] = [parts.slice(0, Math.max(0, at)), parts[at], parts.slice(at + 1)];
  const last = before.at(-1) ?? "";
  if (!before.length || !after.length) return null;
  const within = areaEnd(words, parts, at + 1 + Number(APART.includes(after[0] ?? "")), places);
  if (within === parts.length && !noHouse(words, last)) {
    const street = words.plainUnit.has(last) && before.length > 1 ? before.slice(0, -1) : before;
    const area = after.filter((part) => !APART.includes(part)).join(" ");
    return [`${number} ${street.join(" ").replace(/[ ,\-&]+$/, "")} , ${area}`, `Number: ${number} was typed behind the street.`];
  }
  if (after[0] === "," || noHouse(words, last) || words.plainUnit.has(last)) return null;
  if (bareSuffix(words, parts.slice(at))) return [[number, ...before, ...after].join(" "), `Number: ${number} was typed within the street.`];
  return numberAlone(words, text);
}

/** Whether the number behind a word is no house's. @param {Words} words @param {string} word */
const noHouse = (words, word) => words.numberedUnit.has(word) || words.roads.has(word);

/** Leave out all that stands before the first number. @param {Words} words @param {string} text @returns {Rewritten | null} */
export function numberAlone(words, text) {
  const parts = split(text);
  const at = parts.findIndex(isNumber);
  if (at < 1 || at + 1 >= parts.length) return null;
  const last = parts[at - 1] ?? "";
  if (noHouse(words, last) || words.plainUnit.has(last)) return null;
  return [parts.slice(at).join(" "), `Left out: “${parts.slice(0, at).join(" ").toLowerCase()}” was ignored.`];
}

/** Leave out what only leads from a number to its street: 4021 on the Oak St. @param {Words} words @param {string} text @returns {Rewritten | null} */
function withoutWordsBetween(words, text) {
  const [number = "", ...rest] = split(text);
  const count = rest.findIndex((part) => !words.between.has(part));
  if (!isNumber(number) || count < 1) return null;
  return [[number, ...rest.slice(count)].join(" "), `Left out: “${rest.slice(0, count).join(" ").toLowerCase()}” was ignored.`];
}

/** Of two addresses, or of an address and the street that crosses there, keep the first. @param {Words} words @param {string} text @returns {Rewritten | null} */
function firstOfTwo(words, text) {
  const parts = split(text);
  for (let at = 3; at < parts.length - 1; at += 1) {
    const another = isNumber(parts[at + 1]) && at + 2 < parts.length;
    const crossed = words.suffix.has(parts[at - 1] ?? "") && parts[at] !== ",";
    if (!words.aside.has(parts[at] ?? "") || !(another || crossed) || !isNumber(parts[0])) continue;
    return [parts.slice(0, at).join(" "), `Left out: “${parts.slice(at).join(" ").toLowerCase()}” was ignored.`];
  }
  return null;
}
