// What people type, made plain, by the rules of geo/addresses/reading/text.py.

const LONGEST = 200; // characters; no address is longer
// eslint-disable-next-line no-control-regex
const STRANGE = /[;=*\\^$|<>{}[\]~?%+!\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
const INVISIBLE = /[\u200b-\u200f\u2060\ufeff\u00ad]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;
const DROPPED = /['\u2018\u2019\u02bc`]/g;
const ENDING = /[ ?!;]+$/; // of a question, a shout, a list
const BLANK = /[.:()_"\u201c\u201d]/g;
const APART = /([#&@,])/g;
const SLASH = /(?<![0-9])\/|\/(?![0-9])/g;
const SPACE = /[\s\x1c-\x1f\x85]+/;
/** @type {Record<string, string>} */
const FRACTIONS = { "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3" };
const READ = /^[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}\p{Zs}\p{Cc}\p{Pd}\p{Po}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]$/u;
const BACKWARDS = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
// eslint-disable-next-line no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** @param {string} text */
const withFractions = (text) => text.replace(/[½¼¾⅓⅔]/g, (sign) => FRACTIONS[sign] ?? sign);

/** Say why a query cannot be an address, or nothing if it may be one. @param {string} query @returns {string} */
export function unusable(query) {
  const signs = [...query];
  if (signs.length > LONGEST) return `The query has ${signs.length} characters; an address has at most ${LONGEST}.`;
  if (!/[\p{L}\p{N}]/u.test(query)) return query.trim() ? "The query holds no letter or figure." : "The query is empty.";
  if (STRANGE.test(query.replace(ENDING, "")) || query.includes("--")) return "The query holds marks that no address has, such as ; = * or a control character.";
  if (!ASCII.test(query) && unread(query.replace(INVISIBLE, ""))) return "The query holds characters that cannot be read here.";
  return "";
}

/** @param {string} query */
function unread(query) {
  return [...withFractions(query)].some((sign) => !ASCII.test(sign) && (BACKWARDS.test(sign) || !READ.test(sign)));
}

/** Write a text in capitals without accents, one blank between its parts. @param {string} text */
export function plain(text) {
  let found = text.replace(ENDING, "");
  if (!ASCII.test(found)) {
    found = withFractions(found).replace(DASHES, "-").replace(INVISIBLE, "").normalize("NFKD").replace(/\p{M}/gu, "");
  }
  found = found.toUpperCase().replace(DROPPED, "").replace(BLANK, " ").replace(SLASH, " & ").replace(APART, " $1 ");
  return split(found).join(" ");
}

/** Part a text at its blanks. @param {string} text */
export const split = (text) => text.split(SPACE).filter(Boolean);

/** Part a plain text at its blanks and hyphens. @param {string} text */
export const wordsOf = (text) => split(text.replaceAll("-", " "));

/** Write a text as a title has it: each word with a capital. @param {string} text */
export const title = (text) => text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
