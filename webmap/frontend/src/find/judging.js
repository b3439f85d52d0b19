// Judging: what of a typed address the table has, part by part, and what to tell of the rest (geo/addresses/finding/judging.py).

import { written, house } from "./houses.js";
import { title } from "./texts.js";
import { sameUnit, unitWords } from "./units.js";

/**
 * @typedef {import("./index.js").Index} Index
 * @typedef {import("./reading.js").Reading} Reading
 * @typedef {import("./reading.js").Street} Street
 * @typedef {import("./reading.js").Line} Line
 * @typedef {import("./houses.js").House} House
 * @typedef {readonly [number, string]} Fault how grave, and the sentence
 * @typedef {{reading: Reading, street: number, known: Street, alias: string, readAs: string}} Choice
 * @typedef {{row: number, grave: number, faults: readonly string[], notes: readonly string[], leftOut: number, whole: boolean, unitOpen: boolean}} Match
 */

const BEHIND = "behind";
const PARTS = /** @type {const} */ (["predir", "suffix", "postdir"]);
/** @type {Record<string, string>} */
const CALLED = { predir: "Direction", suffix: "Suffix", postdir: "Direction" };

/** @param {Reading} reading @param {number} street @param {Street} known @param {{alias?: string, readAs?: string}} [how] @returns {Choice} */
export const choice = (reading, street, known, how = {}) => ({ reading, street, known, alias: how.alias ?? "", readAs: how.readAs ?? "" });

/** The parts of a typed street that the known one has otherwise; one left out is no fault. @param {Street} typed @param {Street} known @returns {string[]} */
export function differing(typed, known) {
  const moved = Boolean(typed.postdir) && !typed.predir && !known.postdir && typed.postdir === known.predir;
  const parts = PARTS.filter((part) => typed[part] && typed[part] !== known[part] && !(moved && part === "postdir"));
  return moved ? [BEHIND, ...parts] : parts;
}

/** @param {Choice} one */
const faultsOf = (one) => (one.alias ? [] : differing(one.reading.street, one.known));

/** How far off the street is: two for each part, one for a direction in another place. @param {Choice} one */
export const cost = (one) => faultsOf(one).reduce((sum, part) => sum + (part === BEHIND ? 1 : 2), 0);

/** How many parts that the street has were not typed, or otherwise. @param {Choice} one */
const leftOutOf = (one) => PARTS.filter((part) => one.reading.street[part] !== one.known[part]).length;

/** Hold rows of a street against a reading; `extra` are faults found on the way. @param {Index} index @param {readonly number[]} rows @param {Choice} one @param {readonly Fault[]} [extra] @returns {Match[]} */
export function judge(index, rows, one, extra = []) {
  if (!rows.length) return [];
  const { house: typed, line } = one.reading;
  const street = [...extra, ...streetFaults(index, one)];
  const leftOut = leftOutOf(one);
  return rows.map((row) => {
    const found = [...street, ...placeFaults(index, row, line)];
    if (typed && !extra.length) found.push(...houseFaults(index, row, typed));
    const unit = index.text("unit", row);
    if (line.unit) found.push(...unitFaults(unit, line.unit));
    const unitOpen = Boolean(unit) && !line.unit;
    const inRange = typed !== null && !typed.high && Boolean(index.high[row]);
    return {
      row,
      grave: found.reduce((sum, [grave]) => sum + grave, 0),
      faults: found.map(([, told]) => told),
      notes: notes(index, row),
      leftOut,
      whole: !(unitOpen || inRange),
      unitOpen,
    };
  });
}

/** @param {Index} index @param {Choice} one @returns {Fault[]} */
function streetFaults(index, one) {
  const label = index.labels[one.street] ?? "";
  const { house: typed, line, street } = one.reading;
  /** @type {Fault[]} */
  const found = faultsOf(one).map((part) => {
    if (part === BEHIND) return [3, `Direction: ${street.postdir} was typed behind the street; on record is ${label}.`];
    const told = capital(street[/** @type {typeof PARTS[number]} */ (part)]);
    return [4, `${CALLED[part]}: ${told || "none"} was typed; the street on record is ${label}.`];
  });
  if (one.alias) found.push([1, `Street: ${one.alias} is another name of ${label}.`]);
  if (one.readAs) found.push([1, `Street: “${one.readAs}” was read as ${label}.`]);
  if (line.ignored) found.push([2, `Left out: “${line.ignored.toLowerCase()}” was ignored.`]);
  if (typed?.spoken) found.push([1, `Number: “${typed.spoken}” was read as ${typed.number}.`]);
  return found;
}

/** @param {string} word */
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/** @param {Index} index @param {number} row @param {House} typed @returns {Fault[]} */
function houseFaults(index, row, typed) {
  const known = houseOf(index, row);
  if (typed.frac !== known.frac || typed.letter !== known.letter) {
    return [[typed.frac || typed.letter ? 4 : 3, `Number: ${brief(typed)} is not on record; this is ${brief(known)}.`]];
  }
  return typed.high && typed.high !== known.high ? [[3, `Number: ${written(typed)} is not on record; this is ${written(known)}.`]] : [];
}

/** @param {House} one */
const brief = (one) => written({ ...one, high: 0 });

/** @param {string} kept @param {string} typed @returns {Fault[]} */
function unitFaults(kept, typed) {
  if (sameUnit(typed, kept)) return [];
  const told = kept ? `this is ${unitWords(kept)}` : "this is the whole address";
  return [[kept ? 5 : 2, `Unit: ${unitWords(typed)} is not on record; ${told}.`]];
}

/** @param {Index} index @param {number} row @param {Line} line @returns {Fault[]} */
function placeFaults(index, row, line) {
  if (!(line.place || line.zip || line.zip4 || line.state)) return [];
  const town = index.text("town", row);
  const zip = index.text("zip", row);
  /** @type {Fault[]} */
  const found = [];
  if (line.place && line.place !== index.folded(town) && line.place !== index.folded(index.text("postal", row))) {
    const where = town ? `it is in ${town}` : "its town is not on record";
    found.push([4, `Town: ${index.places.get(line.place) ?? title(line.place)} has no ${addressOf(index, row)} on record; ${where}.`]);
  }
  if (line.zip && line.zip !== zip) found.push([zip ? 2 : 1, `ZIP: ${line.zip} was typed; ${zip ? `on record is ${zip}` : "none is on record"}.`]);
  if (line.zip4) found.push([1, `ZIP: the ending ${line.zip4} was ignored.`]);
  const state = index.words.stateOfZip.get(zip.slice(0, 3));
  if (line.state && state && line.state !== state) found.push([4, `State: ${line.state} was typed; it is in ${state}.`]);
  return found;
}

/** @param {Index} index @param {number} row @returns {string[]} */
function notes(index, row) {
  const postal = index.text("postal", row);
  const town = index.text("town", row);
  return postal && town && index.folded(postal) !== index.folded(town) ? [`Town: the post office is ${postal}; ${town} governs.`] : [];
}

/** The house number of a row in its parts. @param {Index} index @param {number} row @returns {House} */
export const houseOf = (index, row) => house(index.number(row), { high: index.high[row] ?? 0, frac: index.text("frac", row), letter: index.text("letter", row) });

/** Write the address of a row. @param {Index} index @param {number} row @param {boolean} [withUnit] */
export function addressOf(index, row, withUnit = true) {
  const one = houseOf(index, row);
  const street = index.labels[index.street(row)] ?? "";
  const text = one.number >= 0 ? `${written(one)} ${street}` : street;
  const unit = withUnit ? index.text("unit", row) : "";
  return unit ? `${text} ${unitWords(unit)}` : text;
}
