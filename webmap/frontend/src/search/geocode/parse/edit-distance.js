// Measures how far a misspelled name is from recorded names (geo/geocode/parse/edit_distance.py). Digits must match exactly.

const SHORT_NAME_LENGTH = 3; // letters; names this short allow no edits, since too many are similar
const MIN_ABBREVIATION_LENGTH = 2; // letters of an abbreviation that is a prefix; others need more
const MIN_LENGTH_TWO_EDITS = 6; // letters
const MIN_LENGTH_THREE_EDITS = 12; // letters

/** Returns how many edits a name allows. @param {string} typed */
export const allowedEdits = (typed) => (typed.length <= SHORT_NAME_LENGTH ? 0 : 1 + Number(typed.length >= MIN_LENGTH_TWO_EDITS) + Number(typed.length >= MIN_LENGTH_THREE_EDITS));

/** Returns the names that a misspelled one may mean, as indexes with the number of edits, nearest first. @param {string} typed @param {readonly string[]} names @returns {[number, number][]} */
export function similarNames(typed, names) {
  const maxEdits = allowedEdits(typed);
  if (!maxEdits) return [];
  const digits = digitsIn(typed);
  /** @type {[number, number][]} */
  const neighbors = [];
  names.forEach((name, i) => {
    if (!name || Math.abs(name.length - typed.length) > maxEdits) return;
    const edits = editDistance(typed, name, maxEdits);
    if (edits <= maxEdits && digitsIn(name) === digits) neighbors.push([i, edits]);
  });
  return neighbors.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
}

/** Returns whether words abbreviate others by leaving out letters, but never the first one. @param {readonly string[]} typed @param {readonly string[]} full */
export function isAbbreviation(typed, full) {
  if (typed.length !== full.length || typed.every((word, i) => word === full[i])) return false;
  return typed.every((word, i) => isAbbreviatedWord(word, full[i] ?? ""));
}

/** @param {string} typed @param {string} full */
function isAbbreviatedWord(typed, full) {
  if (typed === full || (typed.length >= MIN_ABBREVIATION_LENGTH && full.startsWith(typed))) return true;
  if (typed.length <= MIN_ABBREVIATION_LENGTH || typed[0] !== full[0] || !/^\p{L}+$/u.test(typed)) return false;
  let i = 0;
  for (const letter of full) if (letter === typed[i]) i += 1;
  return i === typed.length;
}

/** Returns the digits of a name. @param {string} name */
export const digitsIn = (name) => name.replace(/[^0-9]/g, "");

/**
 * Returns the restricted Damerau–Levenshtein distance: letters missing, extra, wrong, or swapped with the next one. Above `maxEdits` the exact value does not matter.
 * Boytsov, Indexing methods for approximate dictionary searching (2011), section 2.
 * @param {string} first @param {string} second @param {number} maxEdits
 */
export function editDistance(first, second, maxEdits) {
  let rowBeforePrevious = new Array(second.length + 1).fill(0);
  let previousRow = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let i = 1; i <= first.length; i += 1) {
    const currentRow = [i];
    let rowMinimum = i;
    for (let j = 1; j <= second.length; j += 1) {
      const substitutionCost = first[i - 1] === second[j - 1] ? 0 : 1;
      let edits = Math.min((previousRow[j] ?? 0) + 1, (currentRow[j - 1] ?? 0) + 1, (previousRow[j - 1] ?? 0) + substitutionCost);
      if (i > 1 && j > 1 && first[i - 1] === second[j - 2] && first[i - 2] === second[j - 1]) edits = Math.min(edits, (rowBeforePrevious[j - 2] ?? 0) + 1);
      currentRow.push(edits);
      rowMinimum = Math.min(rowMinimum, edits);
    }
    if (rowMinimum > maxEdits + 1) return maxEdits + 1;
    [rowBeforePrevious, previousRow] = [previousRow, currentRow];
  }
  return previousRow[second.length] ?? 0;
}
