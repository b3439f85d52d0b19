// Crossings: the points at which two streets meet (geo/addresses/gazetteer/crossings.py).

import { differing } from "./judging.js";
import { streets } from "./reading.js";
import { slipsOf } from "./slips.js";
import { plain, title, wordsOf } from "./texts.js";

/**
 * @typedef {import("./index.js").Index} Index
 * @typedef {[string[], string[]]} Pair two streets as written, word by word
 * @typedef {{name: string, lon: number, lat: number, town: string | null, changes: string[]}} Crossing
 */

const APART = 6e-4; // degrees, about 60 m: nodes nearer to each other are one crossing of a divided road

/** Give the crossings of two written streets; with `alike` also of such as are not finished or misspelt. @param {Index} index @param {Pair} pair @param {boolean} alike @returns {Crossing[]} */
export function crossingsOf(index, [one, other], alike) {
  const find = alike ? calledAlike : called;
  const { labels, nodes } = index.crossings;
  const others = find(index, other);
  /** @type {Crossing[]} */
  const found = [];
  for (const [a, toldA] of find(index, one)) {
    for (const [b, toldB] of others) {
      const both = a === b ? [] : [...(nodes[a] ?? [])].filter((node) => nodes[b]?.has(node)).sort((x, y) => x - y);
      const changes = [toldA, toldB].filter(Boolean);
      found.push(...apart(index, both).map((node) => ({ name: `${labels[a]} & ${labels[b]}`, changes, ...at(index, node) })));
    }
  }
  return found;
}

/** Whether both streets are on record, wherever they run. @param {Index} index @param {Pair} pair */
export const named = (index, pair) => pair.every((street) => called(index, street).size);

/** The streets of that name, with what has to be told where a part differs. @param {Index} index @param {string[]} street @returns {Map<number, string>} */
function called(index, street) {
  const { byName, labels } = index.crossings;
  const ways = streets(index.words, street);
  const known = ways.flatMap((way) => (byName.get(way.name) ?? []).map(([number, parts]) => ({ number, same: !differing(way, parts).length })));
  const same = new Set(known.filter((one) => one.same).map((one) => one.number));
  const typed = title(street.join(" "));
  return new Map(known.map(({ number }) => [number, same.has(number) ? "" : `Street: ${typed} was typed; on record is ${labels[number]}.`]));
}

/** The streets of that name, else those that begin so, else those nearest in spelling. @param {Index} index @param {string[]} street @returns {Map<number, string>} */
function calledAlike(index, street) {
  const found = called(index, street);
  if (found.size) return found;
  const { labels, inFull } = index.crossings;
  const begun = [...labels.keys()].filter((at) => index.words.begins(wordsOf(plain(labels[at] ?? "")), street));
  const typed = new Set(streets(index.words, street).map((way) => index.words.inFull(way.name)));
  const forms = begun.length ? [] : [inFull.map(([name]) => name), inFull.map(([, bare]) => bare)];
  const near = [...typed].flatMap((name) => forms.flatMap((form) => slipsOf(name, form)));
  const least = Math.min(...near.map(([, slips]) => slips));
  const meant = begun.length ? begun : near.filter(([, slips]) => slips === least).map(([at]) => at);
  return new Map(meant.map((at) => [at, `Street: “${street.join(" ").toLowerCase()}” was read as ${labels[at]}.`]));
}

/** @param {Index} index @param {number} node */
function at(index, node) {
  const [lon, lat] = index.crossings.places[node] ?? [NaN, NaN];
  return { lon, lat, town: index.crossings.town[node] ?? null };
}

/** @param {Index} index @param {number[]} nodes @returns {number[]} */
function apart(index, nodes) {
  /** @type {number[]} */
  const kept = [];
  for (const node of nodes) {
    const here = at(index, node);
    const far = kept.map((other) => at(index, other)).every((there) => Math.max(Math.abs(here.lon - there.lon), Math.abs(here.lat - there.lat)) > APART);
    if (far) kept.push(node);
  }
  return kept;
}
