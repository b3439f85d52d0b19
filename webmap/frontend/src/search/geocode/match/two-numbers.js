// Reads several house numbers in one text: 6209 & 6217 Hanley Rd, 8+10 Oak (geo/geocode/match/two_numbers.py). A range stays a range.

import { splitSpaces } from "../parse/normalize-text.js";

const MAX_NUMBERS = 6;
const SEPARATOR = /(?: (?:&|,|\/|AND|OR|PLUS))+ (?=[0-9])|(?<=[0-9])\/(?=[0-9]{2})|(?<=[0-9]{3}) (?=[0-9]{3,6} )/;
const HOUSE_NUMBER = /^[1-9][0-9]{0,5}[A-Z]?$/;
const ORDINAL_ENDINGS = new Set(["ST", "ND", "RD", "TH"]);

/** Returns the addresses of a text with several house numbers, each with its street; else none. @param {import("../parse/vocabulary.js").Vocabulary} vocabulary @param {string} text @returns {string[]} */
export function splitNumbers(vocabulary, text) {
  const parts = text.split(SEPARATOR).map(splitSpaces);
  if (parts.length < 2 || parts.length > MAX_NUMBERS || !parts.every(([number = ""]) => HOUSE_NUMBER.test(number))) return [];
  const last = parts.at(-1) ?? [];
  if (/^[0-9]{5}$/.test(last.join(" ")) || isNumberedStreet(vocabulary, last)) return [];
  const streets = fillStreets(parts.map((part) => part.slice(1)));
  if (!streets.every((street) => street.length)) return [];
  const addresses = [...new Set(parts.map(([number], i) => [number, ...(streets[i] ?? [])].join(" ")))];
  return addresses.length > 1 ? addresses : [];
}

/** Returns whether a number and the words after it are one street: 66 ST, 66 TH ST. @param {import("../parse/vocabulary.js").Vocabulary} vocabulary @param {string[]} part */
function isNumberedStreet({ suffix }, [, first = "", second = "", ...others]) {
  if (ORDINAL_ENDINGS.has(first) && suffix.has(second)) return true;
  return suffix.has(first) && !second && !others.length;
}

/** Returns the street of each number: its own, else the next one in the text, else the one before. @param {string[][]} streets */
function fillStreets(streets) {
  /** @type {string[]} */
  let following = [];
  const filled = streets.toReversed().map((street) => (following = street.length ? street : following)).reverse();
  for (let i = 1; i < filled.length; i += 1) if (!filled[i]?.length) filled[i] = filled[i - 1] ?? [];
  return filled;
}
