// Parses house numbers by the rules of geo/geocode/parse/house_numbers.py. Digits are never guessed.

import { splitSpaces } from "./normalize-text.js";

/** @typedef {import("./vocabulary.js").Vocabulary} Vocabulary */
/** @typedef {{number: number, high: number, frac: string, letter: string, numberWords: string}} House */

export const MAX_HOUSE_NUMBER = 999_999; // the highest number in the addresses layer

const NUMBER = /^([0-9]{1,6})(?![0-9])/;
const WORD_END = "(?=$|[\\s,])";
const RANGE = new RegExp(`^\\s*-\\s*([0-9]{1,6})-?([A-Z]?)${WORD_END}`);
const FRACTION = new RegExp(`^[\\s-]*([1-9]/[1-9][0-9]?)-?([A-Z]?)${WORD_END}`);
const LETTER = new RegExp(`^(?:-\\s*)?([A-Z]|[A-Z][0-9]|[0-9][A-Z][0-9]?)${WORD_END}`);
const HYPHENED_LETTER = new RegExp(`^-([A-Z]?[0-9]{1,4}[A-Z]?[0-9]?)${WORD_END}`);
const LONE_LETTER = /^\s*\s([A-Z])(?=\s)/;
const NUMBER_ONLY = new RegExp(`^${WORD_END}`);
const MULTIPLIERS = new Set(["HUNDRED", "THOUSAND"]);
const HYPHEN_BEFORE_STREET = /^-(?=[A-Z]{2}|[NSEW]-|[0-9]+(?:ST|ND|RD|TH)\b)/;

/** @param {number} number @param {Partial<House>} [parts] @returns {House} */
export const makeHouse = (number, parts = {}) => ({ number, high: 0, frac: "", letter: "", numberWords: "", ...parts });

/** Formats a number as the index does: 4021-4025, 503 1/2, 4131R. @param {House} house */
export function formatHouse(house) {
  const text = house.high ? `${house.number}-${house.high}` : `${house.number}`;
  if (house.frac) return `${text} ${house.frac}${house.letter ? `-${house.letter}` : ""}`;
  if (!house.letter) return text;
  return text + (/^[A-Z]$/.test(house.letter) ? house.letter : `-${house.letter}`);
}

/**
 * Returns each way to parse the number at the start of a normalized text, with the text after it.
 * @param {Vocabulary} vocabulary @param {string} text @returns {[House | null, string][]}
 */
export function parseHouseNumber(vocabulary, text) {
  const match = NUMBER.exec(text);
  if (match) {
    const alternatives = parseAfterNumber(Number(match[1]), text.slice(match[0].length));
    if (alternatives.length) return alternatives.map(([house, rest]) => [house, rest.replace(/^[ ,]+/, "")]);
  }
  return [...parseNumberWords(vocabulary, text), [null, text]];
}

/** @param {number} number @param {string} after @returns {[House, string][]} */
function parseAfterNumber(number, after) {
  let match = RANGE.exec(after);
  /** @type {[House, string][]} */
  const alternatives = [];
  if (match) {
    const high = completeRangeEnd(number, match[1] ?? "");
    if (high) alternatives.push([makeHouse(number, { high, letter: match[2] ?? "" }), after.slice(match[0].length)]);
    match = HYPHENED_LETTER.exec(after);
    if (match) alternatives.push([makeHouse(number, { letter: match[1] ?? "" }), after.slice(match[0].length)]);
    return alternatives;
  }
  if ((match = FRACTION.exec(after))) return [[makeHouse(number, { frac: match[1] ?? "", letter: match[2] ?? "" }), after.slice(match[0].length)]];
  if ((match = LETTER.exec(after))) return [[makeHouse(number, { letter: match[1] ?? "" }), after.slice(match[0].length)]];
  const rest = HYPHEN_BEFORE_STREET.test(after) ? ` ${after.slice(1)}` : after;
  if (!NUMBER_ONLY.test(rest)) return alternatives;
  alternatives.push([makeHouse(number), rest]);
  if ((match = LONE_LETTER.exec(rest))) alternatives.push([makeHouse(number, { letter: match[1] ?? "" }), rest.slice(match[0].length)]);
  return alternatives;
}

/** Completes the upper end of a range, as in 4021-25; 0 if it is not above the lower end. @param {number} low @param {string} typedEnd */
function completeRangeEnd(low, typedEnd) {
  const digits = `${low}`;
  const high = Number(digits.slice(0, Math.max(0, digits.length - typedEnd.length)) + typedEnd);
  return high > low ? high : 0;
}

/** @param {Vocabulary} vocabulary @param {string} text @returns {[House, string][]} */
function parseNumberWords(vocabulary, text) {
  const tokens = splitSpaces(text.replaceAll("-", " "));
  const stop = tokens.findIndex((_, i) => !isNumberWordAt(vocabulary, tokens, i));
  const count = stop < 0 ? tokens.length : stop;
  if (count === 0 || count === tokens.length) return [];
  const number = numberFromWords(vocabulary, tokens.slice(0, count));
  if (number === null) return [];
  return [[makeHouse(number, { numberWords: tokens.slice(0, count).join(" ").toLowerCase() }), tokens.slice(count).join(" ")]];
}

/** @param {Vocabulary} vocabulary @param {string} token */
const isNumberWord = (vocabulary, token) => vocabulary.ones.has(token) || vocabulary.tens.has(token) || vocabulary.zeros.has(token) || MULTIPLIERS.has(token);

/** Returns whether a word belongs to a spelled-out number; an "and" after hundreds does. @param {Vocabulary} vocabulary @param {string[]} tokens @param {number} i */
function isNumberWordAt(vocabulary, tokens, i) {
  if (tokens[i] !== "AND") return isNumberWord(vocabulary, tokens[i] ?? "");
  return i < tokens.length - 1 && MULTIPLIERS.has(tokens[i - 1] ?? "") && isNumberWord(vocabulary, tokens[i + 1] ?? "");
}

/** Parses a spelled-out number, by hundreds or in pairs of digits. @param {Vocabulary} vocabulary @param {string[]} tokens @returns {number | null} */
export function numberFromWords(vocabulary, tokens) {
  if (!tokens.every((token) => isNumberWord(vocabulary, token) || token === "AND")) return null;
  if (tokens.some((token) => MULTIPLIERS.has(token))) return numberByHundreds(vocabulary, tokens);
  let digits = "";
  let isAfterTens = false;
  for (const token of tokens) {
    const value = vocabulary.ones.get(token) ?? vocabulary.tens.get(token) ?? 0;
    digits = isAfterTens && value > 0 && value < 10 ? digits.slice(0, -1) + value : digits + value;
    isAfterTens = vocabulary.tens.has(token);
  }
  return digits.length <= 6 && !digits.startsWith("0") ? Number(digits) : null;
}

/** @param {Vocabulary} vocabulary @param {string[]} tokens @returns {number | null} */
function numberByHundreds(vocabulary, tokens) {
  let total = 0;
  let part = 0;
  for (const word of tokens) {
    if (MULTIPLIERS.has(word)) {
      if (!part) return null;
      total += part * (word === "HUNDRED" ? 100 : 1000);
      part = 0;
    } else part += vocabulary.ones.get(word) ?? vocabulary.tens.get(word) ?? 0;
  }
  total += part;
  return total <= MAX_HOUSE_NUMBER ? total : null;
}
