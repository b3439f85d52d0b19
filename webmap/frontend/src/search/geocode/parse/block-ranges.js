// Parses blocks: 7300 blk Burrwood, block 7300 Burrwood, 73xx Burrwood, seventy three hundred block (geo/geocode/parse/block_ranges.py).

import { numberFromWords } from "./house-numbers.js";
import { splitWords } from "./normalize-text.js";

/** @typedef {import("./vocabulary.js").Vocabulary} Vocabulary */

const BLOCK_WITH_XX = /^([0-9]{1,4})XX (.+)$/;
const NUMBER = /^[0-9]{1,6}$/;

/** Parses a normalized text as the number and the street of a block; null if it names none. @param {Vocabulary} vocabulary @param {string} text @returns {[number, string] | null} */
export function parseBlock(vocabulary, text) {
  const match = BLOCK_WITH_XX.exec(text);
  if (match) return [Number(match[1]) * 100, match[2] ?? ""];
  const tokens = splitWords(text.replace(vocabulary.gluedBlock, "$1 $2"));
  const i = tokens.findIndex((token) => vocabulary.blockWords.has(token));
  if (i < 0) return null;
  const before = skipConnectingWords(vocabulary, tokens.slice(0, i));
  const after = skipConnectingWords(vocabulary, tokens.slice(i + 1));
  const isBehindStreet = !after.length && before.length; // the block follows its street
  const splits = isBehindStreet
    ? [[before.slice(0, 1), before.slice(1)], [before.slice(-1), before.slice(0, -1)]]
    : [[before, after], [after.slice(0, 1), before.length ? [] : skipConnectingWords(vocabulary, after.slice(1))]];
  for (const [numberWords = [], streetWords = []] of splits) {
    const blockNumber = streetWords.length ? parseBlockNumber(vocabulary, numberWords) : null;
    if (blockNumber !== null) return [blockNumber, streetWords.join(" ")];
  }
  return null;
}

/** Skips words such as of, on, the. @param {Vocabulary} vocabulary @param {string[]} tokens */
function skipConnectingWords(vocabulary, tokens) {
  const first = tokens.findIndex((token) => !vocabulary.connectingWords.has(token));
  return first < 0 ? [] : tokens.slice(first);
}

/** @param {Vocabulary} vocabulary @param {string[]} tokens @returns {number | null} */
function parseBlockNumber(vocabulary, tokens) {
  const [first = "", ...rest] = tokens;
  if (!NUMBER.test(first)) return tokens.length ? numberFromWords(vocabulary, tokens) : null;
  if (rest.length === 1 && rest[0] === "HUNDRED") return Number(first) * 100;
  return rest.length ? null : Number(first);
}
