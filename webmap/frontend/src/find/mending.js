// Mending: words that are glued, parted, typed twice or spelt as figures are not (geo/addresses/reading/mending.py). No figure is guessed.

import { split } from "./texts.js";
import { ordinal } from "./wordbook.js";

/**
 * @typedef {import("./wordbook.js").Words} Words
 * @typedef {[string, string]} Rewritten the text, and what to tell
 */

const GLUED = /^([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)$/;
const CLOSE = /^([0-9]{1,6}) ([NSEW])([A-Z]{4,}.*)$/;
const FOLLOWING = /^([0-9]{3,6}) ([0-9]{3,6})(?= [^,])(.*)$/;
const BLOCK = 100; // house numbers: no range is longer
const THOUSANDS = /^([0-9]{1,3}) , ([0-9]{3})(?= [^,])(.*)$/;
const APART = /^([0-9]{1,2}) ([0-9]{2})(?= [^,])(.*)$/;
const AS_LETTERS = /^(?=[OIL]*[0-9])([0-9OIL]{3,6})(?= )(.*)$/;
const LETTERED = /^[0-9]+[OIL]?$/;

/** Read as one number what was typed as two, or with letters for figures: 4,021 and 40 21 and 4O21; 4021 & 4023 is a range. @param {Words} words @param {string} text @returns {Rewritten | null} */
export function oneNumber(words, text) {
  const two = words.two.exec(text) ?? FOLLOWING.exec(text);
  if (two) {
    const [, low = "", high = "", rest = ""] = two;
    const full = low.slice(0, Math.max(0, low.length - high.length)) + high;
    const more = Number(full) - Number(low);
    if (more > 0 && more < BLOCK) return read(text, `${low}-${full}`, rest);
  }
  const parted = THOUSANDS.exec(text) ?? APART.exec(text);
  if (parted) {
    const [, one = "", other = "", rest = ""] = parted;
    const noOne = words.suffix.has((rest.split(" , ")[0] ?? "").trim()) || one === other; // 66 in 40 66 St is a street; 40 40 is 40
    return noOne ? null : read(text, one + other, rest);
  }
  const [, lettered = "", rest = ""] = AS_LETTERS.exec(text) ?? [];
  if (!lettered || LETTERED.test(lettered)) return null;
  return read(text, lettered.replaceAll("O", "0").replace(/[IL]/g, "1"), rest);
}

/** @param {string} text @param {string} number @param {string} rest @returns {Rewritten} */
function read(text, number, rest) {
  const typed = text.slice(0, text.length - rest.length).toLowerCase().replaceAll(" , ", ",");
  return [`${number}${rest}`, `Number: “${typed}” was read as ${number}.`];
}

/** Part a number from the street that follows it without a blank. @param {Words} _ @param {string} text @returns {Rewritten | null} */
export function unglued(_, text) {
  const found = GLUED.exec(text);
  const word = text.split(" ")[0] ?? "";
  if (!found || word === ordinal(Number(found[1]))) return null;
  return [`${found[1]} ${found[2]}`, `Number: “${word.toLowerCase()}” was read as ${found[1]} and the street.`];
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

/** Take for one what was typed twice: a word, or a suffix and its abbreviation. @param {Words} words @param {string} text @returns {Rewritten | null} */
export function wordOnce(words, text) {
  const parts = split(text);
  for (let at = 1; at < parts.length; at += 1) {
    const [before = "", word = ""] = parts.slice(at - 1);
    const suffix = at > 1 ? words.suffix.get(word) : undefined;
    if (word !== before && (suffix === undefined || suffix !== words.suffix.get(before))) continue;
    const part = suffix ? "Suffix" : at === 1 ? "Number" : "Street";
    return [parts.toSpliced(at, 1).join(" "), `${part}: “${word.toLowerCase()}” was typed twice.`];
  }
  return null;
}

/** Put a suffix that stands before its name behind it: 4021 Avenue Oak. @param {Words} words @param {string} text @returns {Rewritten | null} */
export function suffixLast(words, text) {
  const comma = text.indexOf(" ,");
  const [address, rest] = comma < 0 ? [text, ""] : [text.slice(0, comma), text.slice(comma)];
  const [number = "", suffix = "", ...name] = split(address);
  if (!name.length || !/^[0-9]/.test(number) || !words.suffix.has(suffix)) return null;
  return [[number, ...name, suffix].join(" ") + rest, `Suffix: “${suffix.toLowerCase()}” was typed before the name.`];
}

/** Give a numbered street the ending of its ordinal: 66 St is 66th St. @param {Words} words @param {string} text @returns {Rewritten | null} */
export function withEnding(words, text) {
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
export function withAnd(words, text) {
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
