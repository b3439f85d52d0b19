// Reads roads known by a number or a letter: Highway N, MO-115, US 67, County Rd 220, I-270 (geo/geocode/parse/numbered_roads.py).

/**
 * @typedef {import("./vocabulary.js").Vocabulary} Vocabulary
 * @typedef {{id: string, keeper: string, predir: string, postdir: string}} Road `keeper` is US, STATE, a state's abbreviation, COUNTY or I, empty if not told
 */

const AFTER_STATE = ["US", "COUNTY", "I"]; // keepers that are no state
const KINDS_ALONE = new Set(["ST", "CO", "CTY", "CNTY"]); // mean a keeper only before the word for a road
const GLUED_ID = /^(I|US|MO|HWY|CR|SR|SH|RT|RTE)([0-9]{1,4}[A-Z]?)$/;
const NUMBER_ID = /^[0-9]{1,4}[A-Z]?$/;
const LETTER_ID = /^[A-Z]{1,2}$/;

/** Returns whether the number or letter is the same, and the keeper may be, whatever the directions. @param {Road} typed @param {Road} recorded */
export const isSameRoad = (typed, recorded) => typed.id === recorded.id && isKeeperCompatible(typed.keeper, recorded.keeper);

/** Returns whether a typed road may be a recorded one. Directions may be left out, but must not differ. @param {Road} typed @param {Road} recorded */
export function mayBeRoad(typed, recorded) {
  const isDirectionLike = (/** @type {"predir" | "postdir"} */ part) => typed[part] === "" || typed[part] === recorded[part];
  return isSameRoad(typed, recorded) && isDirectionLike("predir") && isDirectionLike("postdir");
}

/** @param {string} typed @param {string} recorded */
function isKeeperCompatible(typed, recorded) {
  if (!typed || !recorded || typed === recorded) return true;
  return (typed === "STATE" || recorded === "STATE") && !AFTER_STATE.includes(typed) && !AFTER_STATE.includes(recorded);
}

/** Returns the road that the words of a street name; null if they name none. @param {Vocabulary} vocabulary @param {readonly string[]} words @returns {Road | null} */
export function parseRoad(vocabulary, words) {
  if (words.length > 6 || !words.some((word) => NUMBER_ID.test(word) || LETTER_ID.test(word) || GLUED_ID.test(word))) return null;
  let rest = words.flatMap((word) => GLUED_ID.exec(word)?.slice(1, 3) ?? [word]);
  let [predir, postdir] = ["", ""];
  const first = vocabulary.direction.get(rest[0] ?? "");
  if (rest.length > 2 && first !== undefined) [predir, rest] = [first, rest.slice(1)];
  const last = vocabulary.direction.get(rest.at(-1) ?? "");
  if (rest.length > 2 && last !== undefined && NUMBER_ID.test(rest.at(-2) ?? "")) [postdir, rest] = [last, rest.slice(0, -1)];
  return parseClassAndId(vocabulary, rest, predir, postdir);
}

/** @param {Vocabulary} vocabulary @param {readonly string[]} words @param {string} predir @param {string} postdir @returns {Road | null} */
function parseClassAndId(vocabulary, words, predir, postdir) {
  const [first = "", second = ""] = words;
  if (words.length === 2 && NUMBER_ID.test(first) && vocabulary.roadKinds.get(second) === "HWY") return { id: first, keeper: "", predir, postdir }; // 67 Hwy
  const [keeper, count] = leadingKeeper(vocabulary, words);
  const hasKind = words.length > count + 1 && vocabulary.roadKinds.has(words[count] ?? "");
  const idWords = words.slice(count + Number(hasKind));
  const id = idWords[0] ?? "";
  if (idWords.length !== 1 || !(keeper || hasKind)) return null;
  if (NUMBER_ID.test(id)) return hasKind || !KINDS_ALONE.has(first) ? { id, keeper, predir, postdir } : null;
  const isNamed = hasKind || vocabulary.stateAbbreviations.has(keeper) || vocabulary.roadShortForms.has(first); // a letter needs the word for a road, or a state
  const isLetter = LETTER_ID.test(id) && (id.length === 1 || !(vocabulary.suffix.has(id) || vocabulary.direction.has(id)));
  return isNamed && isLetter && keeper !== "I" ? { id, keeper, predir, postdir } : null;
}

/** Returns the keeper that the first words name, and how many they are. @param {Vocabulary} vocabulary @param {readonly string[]} words @returns {[string, number]} */
function leadingKeeper(vocabulary, words) {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(" ");
    const keeper = words.length > count ? vocabulary.roadQualifiers.get(name) ?? vocabulary.state.get(name) ?? vocabulary.roadShortForms.get(name) : undefined;
    if (keeper) return [keeper, count];
  }
  return ["", 0];
}
