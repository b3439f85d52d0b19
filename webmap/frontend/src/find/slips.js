// Slips: how far a misspelt name is from those on record (geo/addresses/reading/slips.py). Digits are never likened.

const SHORT = 3; // letters: a name that is no longer is near to too many
const LEAST = 2; // letters of an abbreviation that is a beginning; others have more
const TWO = 6; // letters for two slips
const THREE = 12; // letters for three

/** How many slips a name may have. @param {string} typed */
export const slipsIn = (typed) => (typed.length <= SHORT ? 0 : 1 + Number(typed.length >= TWO) + Number(typed.length >= THREE));

/** Which names a misspelt one may mean: the place of each, and how many slips lie between; the nearest first. @param {string} typed @param {readonly string[]} names @returns {[number, number][]} */
export function slipsOf(typed, names) {
  const most = slipsIn(typed);
  if (!most) return [];
  const digits = digitsOf(typed);
  /** @type {[number, number][]} */
  const found = [];
  names.forEach((name, at) => {
    if (!name || Math.abs(name.length - typed.length) > most) return;
    const slips = distance(typed, name, most);
    if (slips <= most && digitsOf(name) === digits) found.push([at, slips]);
  });
  return found.sort((one, other) => one[1] - other[1] || one[0] - other[0]);
}

/** Whether words abbreviate others by leaving letters out, none of them the first. @param {readonly string[]} typed @param {readonly string[]} known */
export function leavesOut(typed, known) {
  if (typed.length !== known.length || typed.every((word, at) => word === known[at])) return false;
  return typed.every((word, at) => oneLeavesOut(word, known[at] ?? ""));
}

/** @param {string} typed @param {string} known */
function oneLeavesOut(typed, known) {
  if (typed === known || (typed.length >= LEAST && known.startsWith(typed))) return true;
  if (typed.length <= LEAST || typed[0] !== known[0] || !/^\p{L}+$/u.test(typed)) return false;
  let at = 0;
  for (const letter of known) if (letter === typed[at]) at += 1;
  return at === typed.length;
}

/** @param {string} name */
const digitsOf = (name) => name.replace(/[^0-9]/g, "");

/**
 * The restricted Damerau distance: letters too few, too many, wrong, or swapped with the next one; above `most` whatever is above.
 * Boytsov, Indexing methods for approximate dictionary searching (2011), section 2.
 * @param {string} one @param {string} other @param {number} most
 */
export function distance(one, other, most) {
  let before = new Array(other.length + 1).fill(0);
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const here = [i];
    let least = i;
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let slips = Math.min((last[j] ?? 0) + 1, (here[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) slips = Math.min(slips, (before[j - 2] ?? 0) + 1);
      here.push(slips);
      least = Math.min(least, slips);
    }
    if (least > most + 1) return most + 1;
    [before, last] = [last, here];
  }
  return last[other.length] ?? 0;
}
