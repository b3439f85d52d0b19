// Normalizes typed text by the rules of geo/geocode/parse/normalize_text.py.

import { gettext } from "../../../ui/gettext.js";

const MAX_QUERY_LENGTH = 200; // characters
// eslint-disable-next-line no-control-regex
const FORBIDDEN_CHARACTERS = /[=*\\^$<>{}~?%+!\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
const INVISIBLE = /[\u200b-\u200f\u2060\ufeff\u00ad]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;
const APOSTROPHES = /['\u2018\u2019\u02bc`]/g;
const TRAILING_PUNCTUATION = /[ ?!;]+$/; // after a question, an exclamation, a list
const PUNCTUATION = /[.:()[\]_"\u201c\u201d]/g;
const COMMA_LIKE = /[;|]/g; // between the parts of an address, as a comma is
const PLUS = /(?<=[0-9])\s*\+\s*(?=[0-9])/g; // between two house numbers
const STANDALONE_MARKS = /([#&@,])/g;
const SLASH = /(?<![0-9])\/|\/(?![0-9])/g;
const SPACE = /[\s\x1c-\x1f\x85]+/;
/** @type {Record<string, string>} */
const FRACTIONS = { "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3" };
const READABLE_CATEGORIES = /^[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\p{Zs}\p{Cc}\p{Pd}\p{Po}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]$/u;
const RIGHT_TO_LEFT_SCRIPTS = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
// eslint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** @param {string} text */
const expandFractions = (text) => text.replace(/[½¼¾⅓⅔]/g, (character) => FRACTIONS[character] ?? character);

/** Says why a query cannot be an address; empty if it may be one. @param {string} query @returns {string} */
export function rejectionReason(query) {
  if ([...query].length > MAX_QUERY_LENGTH) return gettext("This text is too long. An address has at most %(limit)s characters.", { limit: MAX_QUERY_LENGTH });
  if (!/[\p{L}\p{N}]/u.test(query)) return query.trim() ? gettext("This text has no letter or number.") : gettext("Nothing was typed.");
  if (FORBIDDEN_CHARACTERS.test(query.replace(TRAILING_PUNCTUATION, "").replace(PLUS, "&")) || query.includes("--")) return gettext("This text has characters that no address has, such as < = or *.");
  const unreadable = ASCII.test(query) ? "" : unreadableCharacter(query.replace(INVISIBLE, ""));
  return unreadable && gettext("This text has a character that cannot be read here: %(character)s.", { character: unreadable });
}

/** Returns the code point of the first character that cannot be read; empty without one. @param {string} query */
function unreadableCharacter(query) {
  const unreadable = [...expandFractions(query)].find((character) => !ASCII.test(character) && (RIGHT_TO_LEFT_SCRIPTS.test(character) || !READABLE_CATEGORIES.test(character)));
  return unreadable === undefined ? "" : `U+${(unreadable.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Converts a text to capitals without accents, with single spaces. @param {string} text */
export function normalizeText(text) {
  let normalized = text.replace(TRAILING_PUNCTUATION, "");
  if (!ASCII.test(normalized)) {
    normalized = expandFractions(normalized).replace(DASHES, "-").replace(INVISIBLE, "").normalize("NFKD").replace(/\p{M}/gu, "");
  }
  normalized = normalized.replace(COMMA_LIKE, ",").replace(PLUS, " & ").toUpperCase().replace(APOSTROPHES, "").replace(PUNCTUATION, " ").replace(SLASH, " & ").replace(STANDALONE_MARKS, " $1 ");
  return splitSpaces(normalized).join(" ");
}

/** Splits a text at spaces. @param {string} text */
export const splitSpaces = (text) => text.split(SPACE).filter(Boolean);

/** Splits a normalized text at spaces and hyphens. @param {string} text */
export const splitWords = (text) => splitSpaces(text.replaceAll("-", " "));

/** Capitalizes each word of a text. @param {string} text */
export const toTitleCase = (text) => text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
