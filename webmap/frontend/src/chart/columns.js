// Columns of values as the server sends them, each in the shortest of a few forms, read in full.
/**
 * @typedef {any[]
 *   | {of: any[], at: number[]}
 *   | {of: string[], at: number[], steps: number[]}
 *   | {of: any[], by: string}
 *   | {from: string, days: (number | null)[]}
 *   | {at: number[], else: any[]}} Column
 */

const DAY = 86_400_000; // ms
const STRUCK = /#+/; // the digits of a number, in a stem

/** Read the columns of some features. @param {{id: Column, fields: Record<string, Column>}} told */
export function inFull(told) {
  const ids = plain(told.id);
  const fields = Object.entries(told.fields).map(([name, column]) => ({ name, values: plain(column, ids, told.fields) }));
  return { ids, fields };
}

/** @param {Column} column @param {string[]} ids @param {Record<string, Column>} others @returns {any[]} */
function plain(column, ids = [], others = {}) {
  if (Array.isArray(column)) return column;
  if ("days" in column) return column.days.map(dated(column.from));
  if ("by" in column) return decided(column.of, others[column.by]);
  if ("else" in column) return replaced(ids, column);
  return "steps" in column ? stepped(column) : column.at.map((place) => (place === 0 ? null : column.of[place - 1]));
}

/** @param {string} from */
function dated(from) {
  const first = Date.parse(from);
  /** @type {Map<number, string>} */
  const known = new Map();
  return (/** @type {number | null} */ days) => {
    if (days === null) return null;
    const date = known.get(days) ?? new Date(first + days * DAY).toISOString().slice(0, 10);
    known.set(days, date);
    return date;
  };
}

/** What another column, told by places, decides. @param {any[]} of @param {Column | undefined} by */
function decided(of, by) {
  return by && !Array.isArray(by) && "at" in by ? by.at.map((place) => of[place]) : [];
}

/** What the ids say, but for some. @param {string[]} ids @param {{at: number[], else: any[]}} others */
function replaced(ids, others) {
  const full = [...ids];
  others.at.forEach((place, nth) => (full[place] = others.else[nth]));
  return full;
}

/** Texts alike but for a number in them. @param {{of: string[], at: number[], steps: number[]}} column */
function stepped({ of, at, steps }) {
  const stems = of.map((stem) => ({ stem, digits: STRUCK.exec(stem)?.[0].length ?? 0, last: 0 }));
  let nth = 0;
  return at.map((place) => {
    const one = stems[place - 1];
    if (!one?.digits) return one ? one.stem : null;
    one.last += steps[nth++] ?? 0;
    return one.stem.replace(STRUCK, String(one.last).padStart(one.digits, "0"));
  });
}
