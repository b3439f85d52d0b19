// Blocks: 7300 blk Burrwood, block 7300 Burrwood, 73xx Burrwood, seventy three hundred block (geo/addresses/reading/blocks.py).

import { spokenNumber } from "./houses.js";
import { wordsOf } from "./texts.js";

/** @typedef {import("./wordbook.js").Words} Words */

const CROSSED = /^([0-9]{1,4})XX (.+)$/;
const NUMBER = /^[0-9]{1,6}$/;

/** Read a plain text as a number and the street of a block; null where it names none. @param {Words} words @param {string} text @returns {[number, string] | null} */
export function blockIn(words, text) {
  const crossed = CROSSED.exec(text);
  if (crossed) return [Number(crossed[1]) * 100, crossed[2] ?? ""];
  const parts = wordsOf(text);
  const at = parts.findIndex((part) => words.block.has(part));
  if (at < 0) return null;
  const before = bare(words, parts.slice(0, at));
  const after = bare(words, parts.slice(at + 1));
  const behind = !after.length && before.length; // the block stands behind its street
  const ends = behind
    ? [[before.slice(0, 1), before.slice(1)], [before.slice(-1), before.slice(0, -1)]]
    : [[before, after], [after.slice(0, 1), before.length ? [] : bare(words, after.slice(1))]];
  for (const [number = [], street = []] of ends) {
    const read = street.length ? numberIn(words, number) : null;
    if (read !== null) return [read, street.join(" ")];
  }
  return null;
}

/** Leave out what only leads to a name: of, on, the. @param {Words} words @param {string[]} parts */
function bare(words, parts) {
  const first = parts.findIndex((part) => !words.between.has(part));
  return first < 0 ? [] : parts.slice(first);
}

/** @param {Words} words @param {string[]} parts @returns {number | null} */
function numberIn(words, parts) {
  const [first = "", ...rest] = parts;
  if (!NUMBER.test(first)) return parts.length ? spokenNumber(words, parts) : null;
  if (rest.length === 1 && rest[0] === "HUNDRED") return Number(first) * 100;
  return rest.length ? null : Number(first);
}
