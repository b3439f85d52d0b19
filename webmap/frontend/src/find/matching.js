// Matching: from readings to the rows that they mean (geo/addresses/finding/matching.py). Digits are a gate: no number is ever near enough.

import { written } from "./houses.js";
import { NONE } from "./index.js";
import { choice, cost, judge } from "./judging.js";

/**
 * @typedef {import("./index.js").Index} Index
 * @typedef {import("./reading.js").Reading} Reading
 * @typedef {import("./judging.js").Choice} Choice
 * @typedef {import("./judging.js").Match} Match
 * @typedef {import("./judging.js").Fault} Fault
 */

export const NEAR = 100; // house numbers, a block: no address farther off is offered for one that is not on record
const MOST_MEANT = 4; // addresses offered for a number with a wrong digit
const MARK = 3; // the most that a mark of the number weighs that differs

/** Each once. @template T @param {Iterable<T>} things @returns {T[]} */
export const once = (things) => [...new Map([...things].map((thing) => [JSON.stringify(thing), thing])).values()];

/** @param {number} first @param {number} last */
const range = (first, last) => Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);

/** @param {readonly number[]} numbers */
const least = (numbers) => numbers.reduce((one, other) => Math.min(one, other), Infinity);

/** Give the streets that the readings may mean; where a typed street exists as typed, no other is looked at. @param {Index} index @param {readonly Reading[]} readings @returns {Choice[]} */
export function choices(index, readings) {
  const found = once(
    once(readings).flatMap((reading) => [
      ...(index.byName.get(reading.street.name) ?? []).map(([street, known]) => choice(reading, street, known)),
      ...byAlias(index, reading),
    ]),
  );
  const best = least(found.map(cost));
  return found.filter((one) => cost(one) === best);
}

/** @param {Index} index @param {Reading} reading @returns {Choice[]} */
function byAlias(index, reading) {
  const known = index.aliases.get(index.words.fold(reading.line.street)) ?? [];
  const here = known.filter(([, town]) => !town || !reading.line.place || town === reading.line.place);
  return here.map(([street, , alias]) => choice(reading, street, /** @type {import("./reading.js").Street} */ (index.parts[street]), { alias }));
}

/** Give the best rows for the chosen streets: the number itself, or a range that holds it. @param {Index} index @param {readonly Choice[]} chosen */
export const matches = (index, chosen) => best(index, chosen.flatMap((one) => ofChoice(index, one)));

/** @param {Index} index @param {Choice} one @returns {Match[]} */
function ofChoice(index, one) {
  const typed = one.reading.house;
  if (!typed) return [];
  const towns = aliasTowns(index, one);
  const rows = range(...index.span(one.street, typed.number)).filter((row) => !towns.size || towns.has(index.folded(index.text("town", row))));
  const found = judge(index, rows, one);
  for (const row of rangesHolding(index, one.street, typed.number)) {
    const told = `Number: ${written(typed)} lies within ${index.number(row)}-${index.high[row]}, which is on record.`;
    found.push(...judge(index, [row], one, [[3, told], ...lost(one)]));
  }
  if (!typed.high) return found;
  const first = index.span(one.street, typed.number + 1)[0];
  for (const row of range(first, index.span(one.street, typed.high + 1)[0])) {
    if ((index.number(row) - typed.number) % 2) continue;
    const told = `Number: ${written(typed)} is not on record; ${index.number(row)} lies within it.`;
    found.push(...judge(index, [row], one, [[6, told], ...lost(one)]));
  }
  return found;
}

/** The towns in which an alias is used; none when it is used in all. @param {Index} index @param {Choice} one @returns {Set<string>} */
function aliasTowns(index, one) {
  if (!one.alias) return new Set();
  const known = index.aliases.get(index.words.fold(one.reading.line.street)) ?? [];
  const towns = new Set(known.filter(([street]) => street === one.street).map(([, town]) => town));
  return towns.has("") ? new Set() : towns;
}

/** Tell a fraction or letter that went unheeded since only the number was compared. @param {Choice} one @returns {Fault[]} */
function lost(one) {
  const mark = [one.reading.house?.frac, one.reading.house?.letter].filter(Boolean).join(" ");
  return mark ? [[1, `Number: ${mark} was ignored.`]] : [];
}

/** The ranges that hold a number above their lower end; 4021-25 holds odd numbers only. @param {Index} index @param {number} street @param {number} number @returns {number[]} */
function rangesHolding(index, street, number) {
  const [first, last] = index.span(street);
  return range(first, last).filter((row) => {
    const lower = index.numbers[row] ?? NONE;
    const upper = index.high[row] ?? 0;
    return upper && lower < number && number <= upper && ((upper - lower) % 2 === 1 || (number - lower) % 2 === 0);
  });
}

/** Keep the least faulty, then those whose street is typed in full, then whole addresses. @param {Index} index @param {readonly Match[]} found @returns {Match[]} */
export function best(index, found) {
  const grave = least(found.map((match) => match.grave));
  const light = found.filter((match) => match.grave === grave);
  const full = light.filter((match) => !match.leftOut);
  const kept = full.length ? full : [...asTyped(found), ...light];
  const block = (/** @type {Match} */ match) => `${index.street(match.row)} ${index.number(match.row)} ${index.text("town", match.row)}`;
  const whole = new Set(kept.filter((match) => match.whole).map(block));
  const left = kept.filter((match) => match.whole || !whole.has(block(match)));
  const last = [...new Map(left.toReversed().map((match) => [match.row, match])).values()].toReversed();
  return last.sort((one, other) => one.leftOut - other.leftOut || Number(other.whole) - Number(one.whole));
}

/** The rows on a street typed in full that have the number but for a mark. @param {readonly Match[]} found */
function asTyped(found) {
  const near = found.filter((match) => !match.leftOut && match.grave <= MARK);
  const grave = least(near.map((match) => match.grave));
  return near.filter((match) => match.grave === grave);
}

/** Give the nearest addresses on the same side of the chosen streets, at most `NEAR` numbers off. @param {Index} index @param {readonly Choice[]} chosen @returns {Match[]} */
export function nearest(index, chosen) {
  const found = chosen.flatMap((one) => near(index, one));
  const grave = least(found.map(([, match]) => match.grave));
  const away = least(found.filter(([, match]) => match.grave === grave).map(([distance]) => distance));
  return best(index, found.filter(([distance, match]) => match.grave === grave && distance === away).map(([, match]) => match));
}

/** @param {Index} index @param {Choice} one @returns {[number, Match][]} */
function near(index, one) {
  const typed = one.reading.house;
  if (!typed) return [];
  const away = (/** @type {number} */ row) => Math.max((index.numbers[row] ?? 0) - typed.number, typed.number - Math.max(index.numbers[row] ?? 0, index.high[row] ?? 0));
  const rows = range(...index.span(one.street)).filter((row) => {
    const low = index.numbers[row] ?? NONE;
    return low % 2 === typed.number % 2 && low !== NONE && away(row) <= NEAR;
  });
  for (const here of [rows.filter((row) => inPlace(index, row, one.reading)), rows]) {
    if (!here.length) continue;
    const closest = least(here.map(away));
    return here
      .filter((row) => away(row) === closest)
      .flatMap((row) => {
        const told = `Number: ${written(typed)} is not on record; ${index.number(row)} is the nearest on the same side, ${closest} numbers away.`;
        return judge(index, [row], one, [[6, told]]).map((match) => /** @type {[number, Match]} */ ([closest, match]));
      });
  }
  return [];
}

/** @param {Index} index @param {number} row @param {Reading} reading */
function inPlace(index, row, reading) {
  const { place } = reading.line;
  return !place || index.folded(index.text("town", row)) === place || index.folded(index.text("postal", row)) === place;
}

/** Give the addresses whose number is the typed one but for two digits swapped, or one digit wrong. @param {Index} index @param {readonly Choice[]} chosen @returns {Match[]} */
export function misdialled(index, chosen) {
  /** @type {Match[]} */
  const found = [];
  for (const one of chosen) {
    const typed = one.reading.house;
    for (const number of typed ? wrongDigits(typed.number) : []) {
      const told = `Number: ${typed && written(typed)} is not on record; did you mean ${number}?`;
      found.push(...judge(index, range(...index.span(one.street, number)), one, [[7, told]]));
    }
  }
  const grave = least(found.map((match) => match.grave));
  return [...new Map(found.filter((match) => match.grave === grave).map((match) => [match.row, match])).values()].slice(0, MOST_MEANT);
}

/** The numbers with two neighbouring digits swapped, then those with one digit otherwise. @param {number} number @returns {number[]} */
function wrongDigits(number) {
  const digits = [...`${number}`];
  const swapped = digits.slice(1).map((digit, at) => (digit === digits[at] ? "" : digits.toSpliced(at, 2, digit, digits[at] ?? "").join("")));
  const wrong = [...digits.keys()].reverse().flatMap((at) => [..."0123456789"].filter((digit) => digit !== digits[at]).map((digit) => digits.toSpliced(at, 1, digit).join("")));
  return [...swapped, ...wrong].filter((word) => word && !word.startsWith("0")).map(Number);
}

/** Give the addresses of a hundred block, lowest number first. @param {Index} index @param {readonly Choice[]} chosen @param {number} number @returns {Match[]} */
export function ofBlock(index, chosen, number) {
  const low = number - (number % 100);
  const found = chosen.flatMap((one) => judge(index, range(index.span(one.street, low)[0], index.span(one.street, low + 100)[0]), one));
  const grave = least(found.map((match) => match.grave));
  const kept = found.filter((match) => match.grave === grave);
  const leftOut = least(kept.map((match) => match.leftOut));
  const rows = new Map(kept.filter((match) => match.leftOut === leftOut).map((match) => [match.row, match]));
  return [...rows.values()].sort((one, other) => index.number(one.row) - index.number(other.row) || one.row - other.row);
}
