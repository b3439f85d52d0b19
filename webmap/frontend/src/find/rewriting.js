// Rewriting: what people type glued together or in another order, put as addresses are written (geo/addresses/rewriting.py).

import { split } from "./texts.js";
import { ordinal } from "./wordbook.js";

/**
 * @typedef {import("./wordbook.js").Words} Words
 * @typedef {import("./reading.js").Places} Places
 * @typedef {[string, string]} Rewritten the text, and what to tell
 */

const GLUED = /^([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)$/;
const NUMBER = /^[0-9]+(?:-[0-9]+)?[A-Z]?$/;
const UNIT = /^(?:[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z])$/;
const MOST_PLACE = 5; // words
const CLOSE = /^([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)$/;
const BEHIND = /^([^0-9].*?)[ ,]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)$/;

/** A plain text after each rule that it calls for, with all that was done so far. @param {Words} words @param {string} text @param {Places} places @returns {[string, string[]][]} */
export function rewritings(words, text, places) {
  /** @type {[string, string[]][]} */
  const found = [];
  for (const rule of [withoutWordsBefore, placeLast, unitLast, unglued, numberFirst, suffixOnce, withEnding, withAnd]) {
    const [before, told] = found.at(-1) ?? [text, []];
    const done = rule(words, before, places);
    if (done) found.push([done[0], [...told, done[1]]]);
  }
  return found;
}

/** Part a direction from the name that follows it without a blank: only an address on record can tell whether that is meant. @param {string} text @returns {Rewritten | null} */
export function directionApart(text) {
  const found = CLOSE.exec(text);
  if (!found) return null;
  const [, number, direction = "", rest = ""] = found;
  const name = rest.split(" ")[0] ?? "";
  const told = `Street: “${(direction + name).toLowerCase()}” was read as ${direction} ${name.charAt(0)}${name.slice(1).toLowerCase()}.`;
  return [`${number} ${direction} ${rest}`, told];
}

/** Leave out what says no more than that an address follows: house no. 4021. @param {Words} words @param {string} text @returns {Rewritten | null} */
function withoutWordsBefore(words, text) {
  const parts = split(text);
  const count = parts.findIndex((part) => !words.before.has(part));
  if (count < 1 || !NUMBER.test(parts[count] ?? "")) return null;
  return [parts.slice(count).join(" "), `Left out: “${parts.slice(0, count).join(" ").toLowerCase()}” was ignored.`];
}

/** Put a town that stands before the number behind the address. @param {Words} words @param {string} text @param {Places} places @returns {Rewritten | null} */
function placeLast(words, text, places) {
  const parts = split(text);
  for (let count = Math.min(MOST_PLACE, parts.length - 2); count > 0; count -= 1) {
    const name = places.get(words.fold(parts.slice(0, count)));
    const rest = parts.slice(parts[count] === "," ? count + 1 : count);
    if (name === undefined || !NUMBER.test(rest[0] ?? "")) continue;
    return [[...rest, ",", ...parts.slice(0, count)].join(" "), `Town: ${name} was typed before the address.`];
  }
  return null;
}

/** Put a unit that stands before the street or its number behind them. @param {Words} words @param {string} text @returns {Rewritten | null} */
function unitLast(words, text) {
  const parts = split(text);
  for (const at of [0, 1]) {
    if (parts.length < at + 4 || (at && !NUMBER.test(parts[0] ?? ""))) continue;
    const [kind = "", name = ""] = parts.slice(at, at + 2);
    const rest = parts.slice(parts[at + 2] === "," ? at + 3 : at + 2);
    const starts = at || NUMBER.test(rest[0] ?? "");
    if (!(words.numberedUnit.has(kind) || words.plainUnit.has(kind)) || !UNIT.test(name) || !starts) continue;
    const told = `Unit: “${kind.toLowerCase()} ${name.toLowerCase()}” was typed before the street.`;
    return [[...parts.slice(0, at), ...rest, ",", kind, name].join(" "), told];
  }
  return null;
}

/** Take a suffix that was typed twice for one. @param {Words} words @param {string} text @returns {Rewritten | null} */
function suffixOnce(words, text) {
  const parts = split(text);
  for (let at = 2; at < parts.length; at += 1) {
    const suffix = words.suffix.get(parts[at] ?? "");
    if (suffix === undefined || suffix !== words.suffix.get(parts[at - 1] ?? "")) continue;
    return [parts.toSpliced(at, 1).join(" "), `Suffix: “${parts[at]?.toLowerCase()}” was typed twice.`];
  }
  return null;
}

/** Part a number from the street that follows it without a blank. @param {Words} _ @param {string} text @returns {Rewritten | null} */
function unglued(_, text) {
  const found = GLUED.exec(text);
  const word = text.split(" ")[0] ?? "";
  if (!found || word === ordinal(Number(found[1]))) return null;
  return [`${found[1]} ${found[2]}`, `Number: “${word.toLowerCase()}” was read as ${found[1]} and the street.`];
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

/** Give a numbered street the ending of its ordinal: 66 St is 66th St. @param {Words} words @param {string} text @returns {Rewritten | null} */
function withEnding(words, text) {
  const parts = split(text);
  for (const at of [1, 2]) {
    const word = parts[at] ?? "";
    const follows = parts[at + 1] ?? "";
    if (/^[0-9]{1,3}$/.test(word) && (words.suffix.has(follows) || follows === "" || follows === ",")) {
      parts[at] = ordinal(Number(word));
      return [parts.join(" "), `Street: “${word}” was read as ${parts[at]?.toLowerCase()}.`];
    }
    if (!words.direction.has(word)) return null;
  }
  return null;
}

/** Read an n between two words of a name as and: Lucas n Hunt. @param {Words} words @param {string} text @returns {Rewritten | null} */
function withAnd(words, text) {
  const parts = split(text);
  for (let at = 2; at < parts.length - 1; at += 1) {
    const before = parts[at - 1] ?? "";
    const named = /^\p{L}+$/u.test(before) && !words.suffix.has(before);
    if (parts[at] === "N" && named && !words.suffix.has(parts[at + 1] ?? "")) {
      parts[at] = "AND";
      return [parts.join(" "), "Street: “n” was read as and."];
    }
  }
  return null;
}
