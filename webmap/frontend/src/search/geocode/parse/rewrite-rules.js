// Rewrites addresses that were typed in another order or with extra words into standard order (geo/geocode/parse/rewrite_rules.py).

import { mendOrdinal, mergeSplitNumber, splitGluedNumber, splitGluedUnit, replaceNWithAnd, addOrdinalEnding, dropRepeatedWord } from "./repair-tokens.js";
import { ignoredText, numberFirstText } from "./change-texts.js";
import { splitSpaces, splitWords } from "./normalize-text.js";
import { matchTown } from "./town-names.js";
import { gettext } from "../../../ui/gettext.js";

/**
 * @typedef {import("./vocabulary.js").Vocabulary} Vocabulary
 * @typedef {import("./town-names.js").TownNames} TownNames
 * @typedef {import("./repair-tokens.js").Rewrite} Rewrite
 */

const HOUSE_NUMBER = /^[0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?$/;
const UNIT_ID = /^(?:[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z])$/;
const TRAILING_NUMBER = /^([^0-9].*?)[ ,-]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)$/;
const TOWN_KINDS = ["CITY", "TOWN", "VILLAGE"]; // followed by "of"
const SEPARATORS = [",", "-", "&"]; // between a town and the text after it
const MAX_TOWN_WORDS = 5;
const REWRITE_RULES = [
  ...[moveUnitLast, dropLeadInWords, moveLocalityLast, mergeSplitNumber],
  ...[splitGluedNumber, moveInnerNumberFirst, moveNumberFirst, dropConnectingWords, keepFirstAddress],
  ...[dropRepeatedWord, addOrdinalEnding, replaceNWithAnd],
];

/** Returns the text after each rule that applies, with the messages of all changes so far. @param {Vocabulary} vocabulary @param {string} text @param {TownNames} townNames @returns {[string, string[]][]} */
export function applyRewriteRules(vocabulary, text, townNames) {
  /** @type {[string, string[]][]} */
  const rewrites = [];
  if (!text) return rewrites;
  const repair = repairWords(vocabulary, text);
  if (repair) rewrites.push(repair);
  for (const rule of REWRITE_RULES) {
    const [before, messages] = rewrites.at(-1) ?? [text, []];
    const rewrite = rule(vocabulary, before, townNames);
    if (rewrite) rewrites.push([rewrite[0], [...messages, rewrite[1]]]);
  }
  return rewrites;
}

/** Returns a text with its units and ordinals repaired, and a message for each; null without any. @param {Vocabulary} vocabulary @param {string} text @returns {[string, string[]] | null} */
export function repairWords(vocabulary, text) {
  /** @type {[string, string[]]} */
  let [repaired, messages] = [text, []];
  for (const rule of [splitGluedUnit, mendOrdinal]) {
    const rewrite = rule(vocabulary, repaired);
    if (rewrite) [repaired, messages] = [rewrite[0], [...messages, rewrite[1]]];
  }
  return messages.length ? [repaired, messages] : null;
}

/** @param {string | undefined} token */
const isHouseNumber = (token) => token !== undefined && HOUSE_NUMBER.test(token);

/** @param {Vocabulary} vocabulary @param {string} word */
const isZip = (vocabulary, word) => /^[0-9]{5}$/.test(word) && vocabulary.stateByZipPrefix.has(word.slice(0, 3));

/** Skips one word at the front. @param {string[]} tokens @param {string[]} skippedWords */
const skipWord = (tokens, skippedWords) => (skippedWords.includes(tokens[0] ?? "") ? tokens.slice(1) : tokens);

/** Moves a unit typed before the street or its number behind them. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
function moveUnitLast(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (const i of [0, 1]) {
    if (i && !isHouseNumber(tokens[0])) continue;
    const count = countUnitWords(vocabulary, tokens, i);
    const rest = skipWord(tokens.slice(i + count), [",", "OF"]);
    if (!count || !rest.length || !(i || isHouseNumber(rest[0]))) continue;
    const unit = tokens.slice(i, i + count);
    return [[...tokens.slice(0, i), ...rest, ",", ...unit].join(" "), gettext("Moved “%(typed)s” after the street.", { typed: unit.join(" ").toLowerCase() })];
  }
  return null;
}

/** Counts the words of a unit at a position: two for apt 2, three for apt unit 2, one for rear. @param {Vocabulary} vocabulary @param {string[]} tokens @param {number} start */
function countUnitWords(vocabulary, tokens, start) {
  if (vocabulary.loneUnit.has(tokens[start] ?? "")) return 1;
  const designatorCount = tokens.slice(start).findIndex((token) => !vocabulary.numberedUnit.has(token) && !vocabulary.plainUnit.has(token));
  return designatorCount > 0 && UNIT_ID.test(tokens[start + designatorCount] ?? "") ? designatorCount + 1 : 0;
}

/** Removes words that only introduce an address: house no. 4021. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
function dropLeadInWords(vocabulary, text) {
  const tokens = splitSpaces(text);
  const count = tokens.findIndex((token) => !vocabulary.leadInWords.has(token));
  if (count < 1 || !isHouseNumber(tokens[count])) return null;
  return [tokens.slice(count).join(" "), ignoredText(tokens.slice(0, count).join(" ").toLowerCase())];
}

/** Moves a town, state and ZIP code typed before the address behind it. @param {Vocabulary} vocabulary @param {string} text @param {TownNames} townNames @returns {Rewrite | null} */
function moveLocalityLast(vocabulary, text, townNames) {
  const tokens = splitSpaces(text);
  const first = TOWN_KINDS.includes(tokens[0] ?? "") && tokens[1] === "OF" ? 2 : 0;
  let end = localityEnd(vocabulary, tokens, first, townNames);
  if (!tokens.slice(end).some(isHouseNumber)) {
    // no other number follows, so the ZIP code is the house number
    const zipIndex = tokens.slice(0, end).findLastIndex((token) => isZip(vocabulary, token));
    end = zipIndex > first ? zipIndex : first;
  }
  const locality = tokens.slice(first, end).filter((token) => !SEPARATORS.includes(token));
  const rest = tokens.slice(end);
  if (!locality.length || !rest.length || vocabulary.suffix.has(rest[0] ?? "") || isNumberAndSuffixOnly(vocabulary, rest)) return null;
  if (locality.length === 1 && isZip(vocabulary, locality[0] ?? "") && (!isHouseNumber(rest[0]) || tokens.includes("&"))) return null;
  return [[...rest, ",", ...locality].join(" "), gettext("Moved “%(typed)s” after the street.", { typed: locality.join(" ").toLowerCase() })];
}

/** Returns whether there is only a number and a suffix, so that the words before them are the name. @param {Vocabulary} vocabulary @param {string[]} tokens */
const isNumberAndSuffixOnly = (vocabulary, tokens) => vocabulary.suffix.has(tokens[1] ?? "") && (tokens[2] ?? ",") === ",";

/** Returns where towns, states and one ZIP code end, with their separators. @param {Vocabulary} vocabulary @param {string[]} tokens @param {number} start @param {TownNames} townNames */
function localityEnd(vocabulary, tokens, start, townNames) {
  let end = start;
  let hasZip = false;
  for (let count = countLocalityWords(vocabulary, tokens, end, townNames); count; count = countLocalityWords(vocabulary, tokens, end, townNames)) {
    const isCode = isZip(vocabulary, tokens[end] ?? "");
    if (isCode && hasZip) break; // a second one is a house number
    hasZip ||= isCode;
    end += count;
    while (SEPARATORS.includes(tokens[end] ?? "")) end += 1;
  }
  return end;
}

/** Counts the words of a town, a state or a ZIP code at a position. @param {Vocabulary} vocabulary @param {string[]} tokens @param {number} start @param {TownNames} townNames */
function countLocalityWords(vocabulary, tokens, start, townNames) {
  for (let count = Math.min(MAX_TOWN_WORDS, tokens.length - start); count > 0; count -= 1) {
    if (matchTown(townNames, vocabulary.foldWords(splitWords(tokens.slice(start, start + count).join(" "))))) return count;
  }
  return Number(vocabulary.state.has(tokens[start] ?? "") || isZip(vocabulary, tokens[start] ?? ""));
}

/** Moves a number typed behind its street before it, unless it belongs to a unit. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
function moveNumberFirst(vocabulary, text) {
  const match = TRAILING_NUMBER.exec(text);
  let before = splitSpaces(match?.[1] ?? "");
  if (!match || vocabulary.numberedUnit.has(before.at(-1) ?? "")) return null;
  // "# 4021" without another number is the house number
  while (before.length > 1 && (vocabulary.plainUnit.has(before.at(-1) ?? "") || before.at(-1) === ",")) before = before.slice(0, -1);
  return [`${match[2]} ${before.join(" ")}${match[3]}`, numberFirstText(match[2] ?? "")];
}

/** Moves a number typed between other words before them; words that cannot belong to its street are dropped. @param {Vocabulary} vocabulary @param {string} text @param {TownNames} townNames @returns {Rewrite | null} */
function moveInnerNumberFirst(vocabulary, text, townNames) {
  const tokens = splitSpaces(text);
  const i = tokens.findIndex(isHouseNumber);
  const [before, number = "", after] = [tokens.slice(0, Math.max(0, i)), tokens[i], tokens.slice(i + 1)];
  const last = before.at(-1) ?? "";
  if (!before.length || !after.length) return null;
  const end = localityEnd(vocabulary, tokens, i + 1 + Number(SEPARATORS.includes(after[0] ?? "")), townNames);
  if (end === tokens.length && !isOtherNumberWord(vocabulary, last)) {
    const street = vocabulary.plainUnit.has(last) && before.length > 1 ? before.slice(0, -1) : before;
    const locality = after.filter((token) => !SEPARATORS.includes(token)).join(" ");
    return [`${number} ${street.join(" ").replace(/[ ,\-&]+$/, "")} , ${locality}`, numberFirstText(number)];
  }
  if (after[0] === "," || isOtherNumberWord(vocabulary, last) || vocabulary.plainUnit.has(last)) return null;
  if (isNumberAndSuffixOnly(vocabulary, tokens.slice(i))) return [[number, ...before, ...after].join(" "), numberFirstText(number)];
  return dropWordsBeforeNumber(vocabulary, text);
}

/** Returns whether a word is followed by another number than a house number. @param {Vocabulary} vocabulary @param {string} word */
const isOtherNumberWord = (vocabulary, word) => vocabulary.numberedUnit.has(word) || vocabulary.roadClasses.has(word);

/** Removes all words before the first number. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
export function dropWordsBeforeNumber(vocabulary, text) {
  const tokens = splitSpaces(text);
  const i = tokens.findIndex(isHouseNumber);
  if (i < 1 || i + 1 >= tokens.length) return null;
  const last = tokens[i - 1] ?? "";
  if (isOtherNumberWord(vocabulary, last) || vocabulary.plainUnit.has(last)) return null;
  return [tokens.slice(i).join(" "), ignoredText(tokens.slice(0, i).join(" ").toLowerCase())];
}

/** Removes words between a number and its street: 4021 on the Oak St. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
function dropConnectingWords(vocabulary, text) {
  const [number = "", ...rest] = splitSpaces(text);
  const count = rest.findIndex((token) => !vocabulary.connectingWords.has(token));
  if (!isHouseNumber(number) || count < 1) return null;
  return [[number, ...rest.slice(count)].join(" "), ignoredText(rest.slice(0, count).join(" ").toLowerCase())];
}

/** Keeps the first of two addresses, or an address without the cross street near it. @param {Vocabulary} vocabulary @param {string} text @returns {Rewrite | null} */
function keepFirstAddress(vocabulary, text) {
  const tokens = splitSpaces(text);
  for (let i = 3; i < tokens.length - 1; i += 1) {
    const isSecondAddress = isHouseNumber(tokens[i + 1]) && i + 2 < tokens.length;
    const isCrossStreet = vocabulary.suffix.has(tokens[i - 1] ?? "") && tokens[i] !== ",";
    if (!vocabulary.nearbyWords.has(tokens[i] ?? "") || !(isSecondAddress || isCrossStreet) || !isHouseNumber(tokens[0])) continue;
    return [tokens.slice(0, i).join(" "), ignoredText(tokens.slice(i).join(" ").toLowerCase())];
  }
  return null;
}
