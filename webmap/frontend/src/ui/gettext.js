// Looks texts up in the page's language, and formats numbers, dates and lengths in it.
//
// The text in the code is the English one; `make words` collects it. The server writes the page's language and
// units on <html>, and the texts of another language than English into the element `#catalog`
// (webmap/http/display_language.py). Without a document, as in a worker, all is English.

/** @typedef {{messages: Record<string, string[]>, forms: string}} FrontendCatalog */
/** @typedef {Record<string, string | number>} Values */

/** @type {FrontendCatalog | null | undefined} */
let catalog;

/** Returns the page's catalog; null for English. @returns {FrontendCatalog | null} */
function loadCatalog() {
  if (catalog === undefined) {
    const text = globalThis.document?.getElementById("catalog")?.textContent;
    catalog = text ? JSON.parse(text) : null;
  }
  return catalog ?? null;
}

/** Forgets the page's catalog, for tests. */
export function resetCatalog() {
  catalog = undefined;
}

/** @param {string} text @param {Values | undefined} values */
function fillIn(text, values) {
  if (!values) return text;
  return text.replace(/%\((\w+)\)s|%%/g, (placeholder, name) => (placeholder === "%%" ? "%" : String(values[name] ?? "")));
}

/**
 * Returns a text in the page's language. A text without values may hold a percent sign; one with values doubles it.
 * @param {string} text
 * @param {Values} [values] fill `%(name)s`
 */
export function gettext(text, values) {
  return fillIn(loadCatalog()?.messages[text]?.[0] ?? text, values);
}

/**
 * Returns the form of a text that fits a number. `%(count)s` is the number.
 * @param {string} singular
 * @param {string} plural
 * @param {number} count
 * @param {Values} [values]
 */
export function ngettext(singular, plural, count, values) {
  const forms = loadCatalog()?.messages[singular];
  const text = forms ? (forms[Number(catalog?.forms[count < 200 ? count : 100 + (count % 100)] ?? 0)] ?? plural) : count === 1 ? singular : plural;
  return fillIn(text, { count: formatNumber(count), ...values });
}

/** Returns a text unchanged. Marks a text that `gettext` looks up later, such as a constant's. @template {string} T @param {T} text */
export function gettext_noop(text) {
  return text;
}

/** Returns the page's language as a BCP 47 tag. */
export function pageLanguage() {
  return globalThis.document?.documentElement.lang || "en-US";
}

/** Returns whether feet come before meters. */
export function usesFeet() {
  return globalThis.document?.documentElement.dataset["units"] !== "meters";
}

/** @param {number} value @param {number} maxDigits decimals */
export function formatNumber(value, maxDigits = 0) {
  return value.toLocaleString(pageLanguage(), { maximumFractionDigits: maxDigits });
}

/** Formats a percentage, such as 21.5%. @param {number} value */
export function formatPercent(value) {
  return value > 0 && value < 0.1 ? gettext("under 0.1%") : gettext("%(number)s%%", { number: formatNumber(value, 1) });
}

/** Joins texts with commas, as the page's language does. @param {string[]} texts */
export function formatList(texts) {
  return new Intl.ListFormat(pageLanguage(), { type: "unit", style: "short" }).format(texts);
}

/** Formats a day, such as Nov 20, 2026. Other texts stay unchanged. @param {string} isoDate an ISO date, perhaps with its time */
export function formatDate(isoDate) {
  const [, year, month, dayOfMonth] = /^(\d{4})-(\d\d)-(\d\d)/.exec(isoDate) ?? [];
  if (!month) return isoDate;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(dayOfMonth)));
  return date.toLocaleDateString(pageLanguage(), { dateStyle: "medium", timeZone: "UTC" });
}

const FEET_PER_METER = 1 / 0.3048;
const FEET_PER_MILE = 5_280;

/** Formats a distance on the ground, rounded as far as a walker needs. @param {number} meters */
export function formatDistance(meters) {
  return usesFeet() ? formatFeet(meters * FEET_PER_METER) : formatMeters(meters);
}

/** @param {number} feet */
function formatFeet(feet) {
  if (feet < 95) return gettext("%(number)s ft", { number: Math.max(1, Math.round(feet)) });
  if (feet < FEET_PER_MILE / 5) return gettext("%(number)s ft", { number: formatNumber(Math.round(feet / 10) * 10) });
  return gettext("%(number)s mi", { number: formatNumber(feet / FEET_PER_MILE, 1) });
}

/** @param {number} meters */
function formatMeters(meters) {
  if (meters < 95) return gettext("%(number)s m", { number: Math.max(1, Math.round(meters)) });
  if (meters < 950) return gettext("%(number)s m", { number: formatNumber(Math.round(meters / 10) * 10) });
  return gettext("%(number)s km", { number: formatNumber(meters / 1_000, 1) });
}

/** Formats a class of diameters; null where both ends are unknown. @param {number | null | undefined} low @param {number | null | undefined} high ends in inches */
export function formatDiameterClass(low, high) {
  if (low == null && high == null) return null;
  const inInches = classText(low, high, (end) => formatNumber(end, 1), gettext_noop("%(number)s in"));
  return usesFeet() ? inInches : `${classText(low, high, (end) => formatNumber(end * 2.54), gettext_noop("%(number)s cm"))} (${inInches})`;
}

/** @param {number | null | undefined} low @param {number | null | undefined} high @param {(end: number) => string} format @param {string} unitText */
function classText(low, high, format, unitText) {
  if (low == null) return gettext("up to %(size)s", { size: gettext(unitText, { number: format(/** @type {number} */ (high)) }) });
  if (high == null) return gettext("%(size)s or more", { size: gettext(unitText, { number: format(low) }) });
  return gettext("%(low)s to %(high)s", { low: format(low), high: gettext(unitText, { number: format(high) }) });
}

/** Formats the diameter of a trunk. @param {number} inches */
export function formatDiameter(inches) {
  const inInches = gettext("%(number)s in", { number: formatNumber(inches, 1) });
  return usesFeet() ? inInches : `${gettext("%(number)s cm", { number: formatNumber(inches * 2.54) })} (${inInches})`;
}
