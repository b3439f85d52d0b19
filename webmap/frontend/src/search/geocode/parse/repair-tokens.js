// Repairs words that are glued together, split, typed twice, or written with letters for digits (geo/geocode/parse/repair_tokens.py). No digit is guessed.

import { readAsText } from "./change-texts.js";
import { splitSpaces } from "./normalize-text.js";
import { formatOrdinal } from "./vocabulary.js";
import { gettext } from "../../../ui/gettext.js";

/**
 * @typedef {import("./vocabulary.js").Vocabulary} Vocabulary
 * @typedef {[string, string]} Rewrite the new text, and a message about the change
 */

const GLUED_NUMBER = /^([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)$/;
const GLUED_DIRECTION = /^([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)$/;
const ADJACENT_NUMBERS = /^([0-9]{3,6}) ([0-9]{3,6})(?= [^,])(.*)$/;
const MAX_RANGE_LENGTH = 100; // house numbers
const THOUSANDS_COMMA = /^([0-9]{1,3}) , ([0-9]{3})(?= [^,])(.*)$/;
const SPLIT_NUMBER = /^([0-9]{1,2}) ([0-9]{2})(?= [^,])(.*)$/;
const LETTERS_FOR_DIGITS = /^(?=[OIL]*[0-9])([0-9OIL]{3,6})(?= )(.*)$/;
const GLUED_UNIT = /^([A-Z]+)([0-9]{1,5}[A-Z]?[0-9]?)$/;
const GLUED_APARTMENT_LETTER = /^(APT)([A-RT-Z])$/; // APTS are apartments
const GLUED_FLOOR = /^([0-9]{1,2}(?:ST|ND|RD|TH))(FLOOR|FLR|FL)$/;
const ORDINAL = /^([0-9]{1,3})(?:ST|ND|RD|TH)$/;
const ORDINAL_ENDINGS = ["ST", "ND", "RD", "TH"];
const NUMBER_WITH_LETTER = /^[0-9]+[OIL]?$/;

/** Joins a number that was typed as two, or with letters for digits: 4,021 and 40 21 and 4O21; 4021 & 4023 becomes a range. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function mergeSplitNumber(vocabulary, text) {
  const thousands = THOUSANDS_COMMA.exec(text);
  const joinedNumbers = thousands ? null : vocabulary.joinedNumbers.exec(text) ?? ADJACENT_NUMBERS.exec(text);
  if (joinedNumbers) {
    const [, low = "", high = "", rest = ""] = joinedNumbers;
    const fullHigh = low.slice(0, Math.max(0, low.length - high.length)) + high;
    const difference = Number(fullHigh) - Number(low);
    if (difference > 0 && difference < MAX_RANGE_LENGTH) return numberRewrite(text, `${low}-${fullHigh}`, rest);
  }
  const splitNumber = thousands ?? SPLIT_NUMBER.exec(text);
  if (splitNumber) {
    const [, first = "", second = "", rest = ""] = splitNumber;
    const isAmbiguous = vocabulary.suffix.has((rest.split(" , ")[0] ?? "").trim()) || first === second; // 66 in 40 66 St is a street; 40 40 is 40
    return isAmbiguous ? null : numberRewrite(text, first + second, rest);
  }
  const [, lettered = "", rest = ""] = LETTERS_FOR_DIGITS.exec(text) ?? [];
  if (!lettered || NUMBER_WITH_LETTER.test(lettered)) return null;
  return numberRewrite(text, lettered.replaceAll("O", "0").replace(/[IL]/g, "1"), rest);
}

/** @param {string} text @param {string} number @param {string} rest @returns {Rewrite} */
function numberRewrite(text, number, rest) {
  const typed = text.slice(0, text.length - rest.length).toLowerCase().replaceAll(" , ", ",");
  return [`${number}${rest}`, readAsText(typed, number)];
}

/** Splits a number from the street name glued to it. @param {Vocabulary} _ @param {string} text @returns {Rewrite | null} */
export function splitGluedNumber(_, text) {
  const match = GLUED_NUMBER.exec(text);
  const word = text.split(" ")[0] ?? "";
  if (!match || word === formatOrdinal(Number(match[1]))) return null;
  return [`${match[1]} ${match[2]}`, readAsText(word.toLowerCase(), `${match[1]} ${word.slice(match[1]?.length).toLowerCase()}`)];
}

/** Splits a unit from its designator, or a house number from the word after it: apt1b, 2ndfloor, 2735rear. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function splitGluedUnit(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (const [i, token] of tokens.entries()) {
    const pair = splitUnitToken(vocabulary, token, i === 0, tokens.length > 2)?.join(" ");
    if (pair) return [tokens.with(i, pair).join(" "), readAsText(token.toLowerCase(), pair.toLowerCase())];
  }
  return null;
}

/** @param {Vocabulary} vocabulary @param {string} token @param {boolean} isFirst @param {boolean} mayBeUnit @returns {string[] | null} */
function splitUnitToken(vocabulary, token, isFirst, mayBeUnit) {
  const numberAndUnit = isFirst ? vocabulary.numberAndLoneUnit.exec(token) : null;
  if (numberAndUnit) return numberAndUnit.slice(1, 3);
  if (!mayBeUnit) return null;
  const unit = GLUED_UNIT.exec(token);
  if (unit) return vocabulary.numberedUnit.has(unit[1] ?? "") || vocabulary.plainUnit.has(unit[1] ?? "") ? unit.slice(1, 3) : null;
  return (GLUED_APARTMENT_LETTER.exec(token) ?? GLUED_FLOOR.exec(token))?.slice(1, 3) ?? null;
}

/** Joins an ordinal with the ending typed apart, or replaces a wrong ending. The digits stay. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function mendOrdinal(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (const [i, token] of tokens.entries()) {
    const digits = ORDINAL.exec(token)?.[1];
    const ordinal = formatOrdinal(Number(digits ?? token));
    if (digits !== undefined && token !== ordinal) return [tokens.with(i, ordinal).join(" "), readAsText(token.toLowerCase(), ordinal.toLowerCase())];
    if (isSplitOrdinal(vocabulary, tokens, i)) return [tokens.toSpliced(i, 2, ordinal).join(" "), readAsText(`${token} ${tokens[i + 1]}`.toLowerCase(), ordinal.toLowerCase())];
  }
  return null;
}

/** Returns whether a number and the word after it are an ordinal: 3 RD ST, but not 3 RD or 10 ST LOUIS. @param {Vocabulary} vocabulary @param {string[]} tokens @param {number} i */
function isSplitOrdinal({ suffix, direction, intersectionWords }, tokens, i) {
  const [token = "", ending = "", after = ""] = tokens.slice(i);
  if (!/^[0-9]{1,3}$/.test(token) || !ORDINAL_ENDINGS.includes(ending)) return false;
  const isOrdinal = suffix.has(ending)
    ? formatOrdinal(Number(token)) === token + ending && suffix.has(after) // another suffix must follow
    : suffix.has(after) || (i > 0 && (direction.has(after) || after === "" || after === ","));
  const before = tokens[i - 1] ?? "";
  return isOrdinal && (i === 0 || direction.has(before) || intersectionWords.has(before) || /^\p{Nd}/u.test(before));
}

/** Splits a direction from the name glued to it. Use the result only if that address is on record. @param {string} text @returns {Rewrite | null} */
export function splitGluedDirection(text) {
  const match = GLUED_DIRECTION.exec(text);
  if (!match) return null;
  const [, number, direction = "", rest = ""] = match;
  const name = rest.split(" ")[0] ?? "";
  const message = readAsText((direction + name).toLowerCase(), `${direction} ${name.charAt(0)}${name.slice(1).toLowerCase()}`);
  return [`${number} ${direction} ${rest}`, message];
}

/** Removes a word that was typed twice, or a suffix after its abbreviation. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function dropRepeatedWord(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (let i = 1; i < tokens.length; i += 1) {
    const [before = "", word = ""] = tokens.slice(i - 1);
    const suffix = i > 1 ? vocabulary.suffix.get(word) : undefined;
    if (word !== before && (suffix === undefined || suffix !== vocabulary.suffix.get(before))) continue;
    return [tokens.toSpliced(i, 1).join(" "), gettext("Ignored the repeated “%(typed)s”.", { typed: word.toLowerCase() })];
  }
  return null;
}

/** Moves a suffix typed before its name behind it: 4021 Avenue Oak. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function moveSuffixLast(vocabulary, text) {
  const comma = text.indexOf(" ,");
  const [address, rest] = comma < 0 ? [text, ""] : [text.slice(0, comma), text.slice(comma)];
  const [number = "", suffix = "", ...name] = splitSpaces(address);
  if (!name.length || !/^[0-9]/.test(number) || !vocabulary.suffix.has(suffix)) return null;
  return [[number, ...name, suffix].join(" ") + rest, gettext("Moved “%(typed)s” after the name.", { typed: suffix.toLowerCase() })];
}

/** Adds the ordinal ending to a numbered street: 66 St becomes 66th St. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function addOrdinalEnding(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (const i of [1, 2]) {
    const word = tokens[i] ?? "";
    const following = tokens[i + 1] ?? "";
    if (/^[0-9]{1,3}$/.test(word) && (vocabulary.suffix.has(following) || following === "" || following === ",")) {
      tokens[i] = formatOrdinal(Number(word));
      return [tokens.join(" "), readAsText(word, tokens[i]?.toLowerCase() ?? "")];
    }
    if (!vocabulary.direction.has(word)) return null;
  }
  return null;
}

/** Replaces an n between two words of a name with and: Lucas n Hunt. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function replaceNWithAnd(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (let i = 2; i < tokens.length - 1; i += 1) {
    const before = tokens[i - 1] ?? "";
    const isAfterName = /^\p{L}+$/u.test(before) && !vocabulary.suffix.has(before);
    if (tokens[i] === "N" && isAfterName && !vocabulary.suffix.has(tokens[i + 1] ?? "")) {
      tokens[i] = "AND";
      return [tokens.join(" "), readAsText("n", "and")];
    }
  }
  return null;
}
