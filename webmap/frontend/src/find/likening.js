// Likening: the streets whose names are nearest in spelling to a misspelt one (geo/addresses/finding/likening.py).

import { choice, cost } from "./judging.js";
import { leavesOut, slipsIn, slipsOf } from "./slips.js";
import { split } from "./texts.js";

/**
 * @typedef {import("./index.js").Index} Index
 * @typedef {import("./judging.js").Choice} Choice
 * @typedef {import("./reading.js").Reading} Reading
 */

/** Give those of `streets`, or of all, that are nearest in spelling to what was read. @param {Index} index @param {readonly Reading[]} readings @param {readonly number[]} [streets] @returns {Choice[]} */
export function alike(index, readings, streets) {
  /** @type {Map<string, [Choice, number]>} */
  const found = new Map();
  const forms = streets && index.inFull.map((form) => streets.map((street) => form[street] ?? ""));
  /** @type {Map<string, [number, number][]>} */
  const known = new Map();
  const near = (/** @type {string} */ typed, /** @type {boolean} */ ended) => {
    const key = `${typed} ${ended}`;
    const pairs = known.get(key) ?? (streets && forms ? among(streets, forms, typed, ended) : anywhere(index, typed));
    known.set(key, pairs);
    return pairs;
  };
  for (const reading of readings) {
    const { name } = reading.street;
    const ended = index.words.suffix.has(reading.line.street.at(-1) ?? ""); // then no other word is a misspelt suffix
    const full = near(index.words.inFull(name), ended);
    // What looks like an abbreviation may be the misspelling: est for west, not for estate.
    for (const [street, slips] of full.length ? full : near(name.replaceAll(" ", ""), ended)) {
      const one = choice(reading, street, /** @type {import("./reading.js").Street} */ (index.parts[street]), { readAs: reading.line.street.join(" ").toLowerCase() });
      const key = JSON.stringify(one);
      const score = 2 * slips + cost(one);
      const there = found.get(key);
      if (there) there[1] = Math.min(there[1], score);
      else found.set(key, [one, score]);
    }
  }
  if (!found.size) for (const one of abbreviated(index, readings, streets ?? [])) found.set(JSON.stringify(one), [one, cost(one)]);
  const least = Math.min(...[...found.values()].map(([, score]) => score));
  return [...found.values()].filter(([, score]) => score === least).map(([one]) => one);
}

/** The streets of whose names what was read leaves letters out, word by word. @param {Index} index @param {readonly Reading[]} readings @param {readonly number[]} streets */
function abbreviated(index, readings, streets) {
  return readings.flatMap((reading) => {
    const typed = split(reading.street.name);
    const readAs = reading.line.street.join(" ").toLowerCase();
    const known = streets.map((street) => ({ street, parts: /** @type {import("./reading.js").Street} */ (index.parts[street]) }));
    return known.filter(({ parts }) => leavesOut(typed, index.words.wordsInFull(parts.name))).map(({ street, parts }) => choice(reading, street, parts, { readAs }));
  });
}

/** @param {readonly number[]} streets @param {string[][]} forms @param {string} typed @param {boolean} ended @returns {[number, number][]} */
function among(streets, forms, typed, ended) {
  const [names = [], whole = [], short = [], bare = []] = forms;
  let near = slipsOf(typed, names);
  if (!near.length) near = slipsOf(typed, bare);
  if (!near.length && !ended) near = slipsOf(typed, whole);
  if (!near.length && !ended) near = slipsOf(typed, short);
  return near.map(([at, slips]) => [streets[at] ?? 0, slips]);
}

/** @param {Index} index @param {string} typed @returns {[number, number][]} */
function anywhere(index, typed) {
  const most = slipsIn(typed);
  /** @type {[number, number][]} */
  const found = [];
  for (let letters = typed.length - most; letters <= typed.length + most; letters += 1) {
    const [names, streets] = index.byLength.get(letters) ?? [[], []];
    for (const [at, slips] of slipsOf(typed, names)) for (const street of streets[at] ?? []) found.push([street, slips]);
  }
  return found;
}
