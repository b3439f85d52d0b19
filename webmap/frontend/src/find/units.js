// Units inside a building, by the rules of geo/addresses/reading/units.py.

/** @typedef {import("./wordbook.js").Words} Words */

const ID = /^(?:[A-Z]{0,2}[0-9]{1,6}[A-Z]{0,2}[0-9]?|[A-Z]{1,2})$/;
const BARE = /^[A-Z]?[0-9]{1,4}[A-Z]?$/;
const FLOOR = /^([0-9]{1,2})(?:ST|ND|RD|TH)$/;
// Which of these it is called does not change the door; a floor or a building is no door.
const DOORS = new Set(["APT", "STE", "RM", "SPC", "LOT", "TRLR"]);

/** Read the unit at the end of a line: where it begins, and the unit in its kept form. @param {Words} words @param {readonly string[]} parts @returns {[number, string] | null} */
export function splitUnit(words, parts) {
  let end = parts.length;
  let kept = "";
  for (let found = last(words, parts.slice(0, end)); found; found = last(words, parts.slice(0, end))) {
    end = found[0];
    kept = `${found[1]} ${kept}`.trim();
  }
  return kept ? [end, kept] : null;
}

/** @param {Words} words @param {readonly string[]} parts @returns {[number, string] | null} */
function last(words, parts) {
  const n = parts.length;
  const word = parts[n - 1] ?? "";
  const floor = n > 1 ? FLOOR.exec(parts[n - 2] ?? "") : null;
  if (floor && words.numberedUnit.get(word) === "FL") return [n - 2, `FL ${floor[1]}`];
  const lone = words.loneUnit.get(word);
  if (n > 1 && lone !== undefined) return [n - 1, lone];
  if (n < 2 || !ID.test(word)) return null;
  let begin = n - 1;
  while (begin && words.plainUnit.has(parts[begin - 1] ?? "")) begin -= 1;
  const kind = begin ? words.numberedUnit.get(parts[begin - 1] ?? "") : undefined;
  if (kind !== undefined) return [begin - 1, `${kind} ${word}`];
  return begin < n - 1 ? [begin, word] : null;
}

/** Read a word behind a street's suffix as a unit without a designator, as 2A; else empty. @param {string} word */
export const bareUnit = (word) => (BARE.test(word) ? word : "");

/** Whether a typed unit is the table's: the same, or the same door without its kind. @param {string} typed @param {string} kept */
export const sameUnit = (typed, kept) => typed === kept || door(typed) === kept || typed === door(kept);

/** @param {string} unit */
function door(unit) {
  const at = unit.indexOf(" ");
  const kind = at < 0 ? unit : unit.slice(0, at);
  return DOORS.has(kind) ? (at < 0 ? "" : unit.slice(at + 1)) : unit;
}

/** Write a kept unit for people. @param {string} unit */
export function unitWords(unit) {
  const parts = unit.split(" ").filter(Boolean);
  if ((parts.length === 1 && /\p{N}/u.test(unit)) || unit.length <= 2) return `Unit ${unit}`;
  return parts.map((word) => (/^\p{L}{2,}$/u.test(word) ? word.charAt(0) + word.slice(1).toLowerCase() : word)).join(" ");
}
