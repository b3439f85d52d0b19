// House numbers, by the rules of geo/addresses/reading/houses.py. Digits are never guessed.

import { split } from "./texts.js";

/** @typedef {import("./wordbook.js").Words} Words */
/** @typedef {{number: number, high: number, frac: string, letter: string, spoken: string}} House */

export const MOST = 999_999; // the highest number that the layer admits

const NUMBER = /^([0-9]{1,6})(?![0-9])/;
const END = "(?=$|[\\s,])";
const RANGE = new RegExp(`^\\s*-\\s*([0-9]{1,6})-?([A-Z]?)${END}`);
const FRACTION = new RegExp(`^[\\s-]*([1-9]/[1-9][0-9]?)-?([A-Z]?)${END}`);
const LETTER = new RegExp(`^(?:-\\s*)?([A-Z]|[A-Z][0-9]|[0-9][A-Z][0-9]?)${END}`);
const HYPHENED = new RegExp(`^-([A-Z]?[0-9]{1,4}[A-Z]?[0-9]?)${END}`);
const LONE_LETTER = /^\s*\s([A-Z])(?=\s)/;
const NOTHING = new RegExp(`^${END}`);
const POWERS = new Set(["HUNDRED", "THOUSAND"]);
const HYPHEN = /^-(?=[A-Z]{2}|[NSEW]-|[0-9]+(?:ST|ND|RD|TH)\b)/;

/** @param {number} number @param {Partial<House>} [rest] @returns {House} */
export const house = (number, rest = {}) => ({ number, high: 0, frac: "", letter: "", spoken: "", ...rest });

/** Write a number as tables do: 4021-4025, 503 1/2, 4131R. @param {House} one */
export function written(one) {
  const text = one.high ? `${one.number}-${one.high}` : `${one.number}`;
  if (one.frac) return `${text} ${one.frac}${one.letter ? `-${one.letter}` : ""}`;
  if (!one.letter) return text;
  return text + (/^[A-Z]$/.test(one.letter) ? one.letter : `-${one.letter}`);
}

/**
 * Give each way to read the number at the start of a plain text, with what follows it.
 * @param {Words} words @param {string} text @returns {[House | null, string][]}
 */
export function houses(words, text) {
  const start = NUMBER.exec(text);
  if (start) {
    const found = tails(Number(start[1]), text.slice(start[0].length));
    if (found.length) return found.map(([one, rest]) => [one, rest.replace(/^[ ,]+/, "")]);
  }
  return [...spoken(words, text), [null, text]];
}

/** @param {number} number @param {string} after @returns {[House, string][]} */
function tails(number, after) {
  let found = RANGE.exec(after);
  /** @type {[House, string][]} */
  const ways = [];
  if (found) {
    const high = highOf(number, found[1] ?? "");
    if (high) ways.push([house(number, { high, letter: found[2] ?? "" }), after.slice(found[0].length)]);
    found = HYPHENED.exec(after);
    if (found) ways.push([house(number, { letter: found[1] ?? "" }), after.slice(found[0].length)]);
    return ways;
  }
  if ((found = FRACTION.exec(after))) return [[house(number, { frac: found[1] ?? "", letter: found[2] ?? "" }), after.slice(found[0].length)]];
  if ((found = LETTER.exec(after))) return [[house(number, { letter: found[1] ?? "" }), after.slice(found[0].length)]];
  const rest = HYPHEN.test(after) ? ` ${after.slice(1)}` : after;
  if (!NOTHING.test(rest)) return ways;
  ways.push([house(number), rest]);
  if ((found = LONE_LETTER.exec(rest))) ways.push([house(number, { letter: found[1] ?? "" }), rest.slice(found[0].length)]);
  return ways;
}

/** Complete the upper end of a range, as in 4021-25; 0 when it does not lie above the lower. @param {number} low @param {string} typed */
function highOf(low, typed) {
  const digits = `${low}`;
  const high = Number(digits.slice(0, Math.max(0, digits.length - typed.length)) + typed);
  return high > low ? high : 0;
}

/** @param {Words} words @param {string} text @returns {[House, string][]} */
function spoken(words, text) {
  const parts = split(text.replaceAll("-", " "));
  const stop = parts.findIndex((_, at) => !isSpoken(words, parts, at));
  const count = stop < 0 ? parts.length : stop;
  if (count === 0 || count === parts.length) return [];
  const number = spokenNumber(words, parts.slice(0, count));
  if (number === null) return [];
  return [[house(number, { spoken: parts.slice(0, count).join(" ").toLowerCase() }), parts.slice(count).join(" ")]];
}

/** @param {Words} words @param {string} part */
const isNumber = (words, part) => words.ones.has(part) || words.tens.has(part) || words.zeros.has(part) || POWERS.has(part);

/** Whether a word belongs to a spoken number, an "and" behind its hundreds too. @param {Words} words @param {string[]} parts @param {number} at */
function isSpoken(words, parts, at) {
  if (parts[at] !== "AND") return isNumber(words, parts[at] ?? "");
  return at < parts.length - 1 && POWERS.has(parts[at - 1] ?? "") && isNumber(words, parts[at + 1] ?? "");
}

/** Read a number as it is spoken, by hundreds or in pairs. @param {Words} words @param {string[]} parts @returns {number | null} */
export function spokenNumber(words, parts) {
  if (!parts.every((part) => isNumber(words, part) || part === "AND")) return null;
  if (parts.some((part) => POWERS.has(part))) return byHundreds(words, parts);
  let digits = "";
  let tens = false;
  for (const part of parts) {
    const unit = words.ones.get(part) ?? words.tens.get(part) ?? 0;
    digits = tens && unit > 0 && unit < 10 ? digits.slice(0, -1) + unit : digits + unit;
    tens = words.tens.has(part);
  }
  return digits.length <= 6 && !digits.startsWith("0") ? Number(digits) : null;
}

/** @param {Words} words @param {string[]} parts @returns {number | null} */
function byHundreds(words, parts) {
  let total = 0;
  let part = 0;
  for (const word of parts) {
    if (POWERS.has(word)) {
      if (!part) return null;
      total += part * (word === "HUNDRED" ? 100 : 1000);
      part = 0;
    } else part += words.ones.get(word) ?? words.tens.get(word) ?? 0;
  }
  total += part;
  return total <= MOST ? total : null;
}
