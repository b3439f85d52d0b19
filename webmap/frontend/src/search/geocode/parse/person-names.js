// Compares names of persons in street names: Dr Martin Luther King is M L King and MLK (geo/geocode/parse/person_names.py).

/** @typedef {import("./vocabulary.js").Vocabulary} Vocabulary */

const MIN_INITIALS = 3; // letters of a name that is only initials
const MAX_INITIALS_TOGETHER = 2; // letters of a word before the last name that may be initials: ML King

/** Returns the words of a folded street name, without titles where two words or initials remain. @param {Vocabulary} vocabulary @param {string} name @returns {string[]} */
function personWords(vocabulary, name) {
  const words = name.split(" ").filter(Boolean);
  const first = Math.max(0, words.findIndex((word) => !vocabulary.titlesBefore.has(word)));
  const end = words.length - Number(words.length > first + 1 && vocabulary.titlesAfter.has(words.at(-1) ?? ""));
  const kept = words.slice(first, end);
  return kept.length > 1 || (kept.length === 1 && isInitials(kept[0] ?? "")) ? kept : words;
}

/** Returns the keys under which a name is grouped: its last word, and its initials. @param {Vocabulary} vocabulary @param {string} name @returns {string[]} */
export function personKeys(vocabulary, name) {
  const words = personWords(vocabulary, name);
  const [first = "", last = ""] = [words[0], words.at(-1)];
  return [...(words.length > 1 ? [last] : []), ...(words.length >= MIN_INITIALS ? [initialsOf(words)] : []), ...(words.length === 1 && isInitials(first) ? [first] : [])];
}

/** Returns whether two folded names are one person's, by initials, without titles or a middle initial. @param {Vocabulary} vocabulary @param {string} typed @param {string} recorded */
export function isSamePerson(vocabulary, typed, recorded) {
  const [one, other] = [personWords(vocabulary, typed), personWords(vocabulary, recorded)];
  if (one.join(" ") === other.join(" ")) return true;
  return abbreviates(vocabulary, one, other) || abbreviates(vocabulary, other, one) || withoutInitials(one).join(" ") === withoutInitials(other).join(" ");
}

/** Returns whether a name is another one with all names but the last as initials, or only initials. @param {Vocabulary} vocabulary @param {string[]} short @param {string[]} full */
function abbreviates(vocabulary, short, full) {
  const letters = short.join("");
  if (short.length === 1 || letters.length === short.length) return full.length >= MIN_INITIALS && letters === initialsOf(full) && short.join(" ") !== full.join(" ");
  const firstNames = short.slice(0, -1);
  const last = short.at(-1) ?? "";
  const initials = firstNames.join("");
  const areInitials = last.length > 1 && firstNames.every((word) => word.length <= MAX_INITIALS_TOGETHER);
  if (!areInitials || full.length !== initials.length + 1 || last !== full.at(-1)) return false;
  return initials === initialsOf(full.slice(0, -1)) && !(initials.length === 1 && vocabulary.direction.has(initials));
}

/** Returns the words of a name without single letters between its first and its last word. @param {string[]} words */
const withoutInitials = (words) => (words.length > 1 ? words.filter((word, i) => i === 0 || i === words.length - 1 || word.length > 1) : words);

/** @param {string} word */
const isInitials = (word) => word.length === MIN_INITIALS && !/[AEIOUY]/.test(word);

/** @param {string[]} words */
const initialsOf = (words) => words.map((word) => word.charAt(0)).join("");
