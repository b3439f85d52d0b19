// Rewriting: what people type glued together or in another order, put as addresses are written (geo/addresses/rewriting.py).

import { split } from "./texts.js";
import { ordinal } from "./wordbook.js";

/**
 * @typedef {import("./wordbook.js").Words} Words
 * @typedef {[string, string]} Rewritten the text, and what to tell
 */

const GLUED = /^([0-9]{1,6})([A-Z]{2,}.*|[NSEW] .+)$/;
const BEHIND = /^([^0-9].*?)[ ,]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)$/;

/** A plain text after each rule that it calls for, with all that was done so far. @param {Words} words @param {string} text @returns {[string, string[]][]} */
export function rewritings(words, text) {
  /** @type {[string, string[]][]} */
  const found = [];
  for (const rule of [unglued, numberFirst, withEnding, withAnd]) {
    const [before, told] = found.at(-1) ?? [text, []];
    const done = rule(words, before);
    if (done) found.push([done[0], [...told, done[1]]]);
  }
  return found;
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
  const before = split(found?.[1] ?? "").at(-1) ?? "";
  if (!found || words.numberedUnit.has(before) || words.plainUnit.has(before)) return null;
  return [`${found[2]} ${found[1]}${found[3]}`, `Number: ${found[2]} was typed behind the street.`];
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
