// Completing: streets whose names begin as typed, word by word (geo/addresses/finding/completing.py).

import { choice, judge } from "./judging.js";

/**
 * @typedef {import("./index.js").Index} Index
 * @typedef {import("./judging.js").Choice} Choice
 * @typedef {import("./judging.js").Match} Match
 * @typedef {import("./reading.js").Parted} Parted
 * @typedef {import("./reading.js").Street} Street
 */

const MOST_STREETS = 200;
const MOST_UNNUMBERED = 60; // streets, where no number was typed
export const FEW = 3; // streets that begin as typed, of which the nearest number is told
const FIRST = 10; // addresses shown of streets typed without a number
const UNREAD = { predir: "", name: "", suffix: "", postdir: "" };

/** Give addresses on streets that begin as typed; with a number, only those that have it. @param {Index} index @param {readonly Choice[]} chosen @returns {Match[]} */
export function completions(index, chosen) {
  const found = chosen.flatMap((one) => rows(index, one, chosen.length));
  const least = Math.min(...found.map((match) => match.grave));
  return [...new Map(found.filter((match) => match.grave === least).map((match) => [match.row, match])).values()];
}

/** Give the streets that begin as typed and have the number that was typed. @param {Index} index @param {readonly Parted[]} parted @returns {Choice[]} */
export function begun(index, parted) {
  return parted.flatMap(({ house, line }) => {
    const found = line.ignored ? [] : streetsBeginning(index, line.street, house ? MOST_STREETS : MOST_UNNUMBERED, house ? index.having(house.number) : undefined);
    return found.map((street) => choice({ house, street: UNREAD, line }, street, /** @type {Street} */ (index.parts[street])));
  });
}

/** Give the streets that begin as typed, if they are few, whatever their numbers. @param {Index} index @param {readonly Parted[]} parted @returns {Choice[]} */
export function begunElsewhere(index, parted) {
  const found = parted.flatMap(({ house, line }) => {
    const streets = house && !line.ignored ? streetsBeginning(index, line.street, FEW + 1) : [];
    return streets.map((street) => choice({ house, street: UNREAD, line }, street, /** @type {Street} */ (index.parts[street])));
  });
  return new Set(found.map((one) => one.street)).size <= FEW ? found : [];
}

/** @param {Index} index @param {Choice} one @param {number} streets @returns {Match[]} */
function rows(index, one, streets) {
  const { house, line } = one.reading;
  const label = index.labels[one.street] ?? "";
  const typed = line.street.join(" ").toLowerCase();
  const told = typed !== label.toLowerCase() && !one.readAs ? [`Street: “${typed}” was completed to ${label}.`] : [];
  let [first, last] = index.span(one.street, house?.number);
  if (!house) {
    last = Math.min(last, first + Math.max(1, Math.floor(FIRST / streets)));
    told.push(`Number: none was typed; these are the first on ${label}.`);
  }
  const asked = Array.from({ length: last - first }, (_, at) => first + at);
  return judge(index, asked, one).map((match) => ({ ...match, faults: [...told, ...match.faults] }));
}

/** Give the streets whose words begin, in order, with the typed ones. @param {Index} index @param {readonly string[]} typed @param {number} most @param {ReadonlySet<number>} [among] @returns {number[]} */
function streetsBeginning(index, typed, most, among) {
  if (typed.join("").length < 2) return [];
  /** @type {Set<number>} */
  const found = new Set();
  const [first = "", ...rest] = typed;
  const folded = index.words.fold([first]);
  // A lone letter before other words is a word of its own: W Br is no beginning of Water Bridge.
  const last = rest.length && first.length === 1 ? `${first} ` : `${first}\uffff`;
  for (const [start, end] of [[first, last], [folded, `${folded} `]]) {
    for (let at = place(index.spellings, start ?? ""); at < index.spellings.length && (index.spellings[at]?.[0] ?? "") < (end ?? ""); at += 1) {
      const street = index.spelt[at] ?? 0;
      if (among && !among.has(street)) continue;
      if (rest.length && !index.words.begins(index.spellings[at]?.slice(1) ?? [], rest)) continue;
      found.add(street);
      if (found.size === most) return [...found];
    }
  }
  return [...found];
}

/** The first of sorted spellings whose first word is not before a word. @param {string[][]} spellings @param {string} word */
function place(spellings, word) {
  let [low, high] = [0, spellings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spellings[middle]?.[0] ?? "") < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
