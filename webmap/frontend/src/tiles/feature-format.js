// Formats feature values as text and computes scale values. Unknown is null, never 0.
import { codeLabel } from "../ui/code-labels.js";
import { formatList, formatNumber, formatPercent, gettext } from "../ui/gettext.js";

/**
 * Computes the value that a color scale shows.
 * @param {import("../map/page-config.js").ColorScale} scale
 * @param {import("../map/page-config.js").Properties} properties
 * @returns {number | null}
 */
export function scaleValue(scale, properties) {
  const numerators = scale.numerator_fields.map((name) => properties[name]);
  if (numerators.some((numerator) => numerator === null || numerator === undefined)) return null;
  if (scale.denominator_field === null) return numerators[0];
  const denominator = properties[scale.denominator_field];
  if (!denominator) return null;
  return (100 * numerators.reduce((sum, numerator) => sum + numerator, 0)) / denominator;
}

/**
 * Returns the color of a value, or null where it is unknown (drawn as a hatch).
 * @param {import("../map/page-config.js").ColorScale} scale
 * @param {number | null} value
 * @returns {string | null}
 */
export function scaleColor(scale, value) {
  if (value === null) return null;
  const stepIndex = scale.breaks.filter((lowerBreak) => value >= lowerBreak).length;
  return scale.colors[stepIndex] ?? null;
}

/** Formats a value, or says that it is unknown. @param {unknown} value */
export function formatValue(value) {
  if (value === null || value === undefined || value === "") return gettext("unknown");
  return typeof value === "number" ? formatNumber(value, 1) : String(value);
}

/**
 * Formats a scale value with its unit, or says that it is unknown.
 * @param {import("../map/page-config.js").ColorScale} scale
 * @param {number | null} value
 */
export function formatScaleValue(scale, value) {
  return value !== null && scale.unit === "%" ? formatPercent(value) : formatValue(value);
}

/**
 * Formats the town shares of a parcel as its page does (webmap/wording.py).
 * @param {string} text as the join wrote it, for example "Charlack 0.94"
 */
export function formatTownShares(text) {
  const shares = [...text.matchAll(/([^;]+) ([01]\.\d\d)(?:; |$)/g)].map(([, town = "", part]) => ({ town, percent: Math.round(100 * Number(part)) }));
  if (!shares.length) return text;
  const outside = shares.reduce((remainder, { percent }) => remainder - percent, 100);
  const shareTexts = shares.map(({ town, percent }) => gettext("%(number)s%% %(town)s", { number: formatNumber(percent), town }));
  return formatList(outside > shares.length / 2 ? [...shareTexts, gettext("%(number)s%% outside every town", { number: formatNumber(outside) })] : shareTexts);
}

/** Formats a code as words, or says that it is unknown. @param {unknown} code @param {string} field */
export function formatCode(code, field = "") {
  return codeLabel(code, field) ?? gettext("unknown");
}

/** The mark codes of inspections whose due date has passed, by their status. @type {Record<string, string>} */
const LATE_CODES = { open: "overdue", unknown: "maybe_overdue" };

/**
 * Returns the mark code of a feature. An open inspection is overdue from the day after its due date; one of unknown status may be.
 * @param {string} markBy
 * @param {import("../map/page-config.js").Properties} properties
 * @param {string} today
 */
export function featureMarkCode(markBy, properties, today) {
  const code = properties[markBy] ?? "unknown";
  const isLate = markBy === "status" && properties["due_on"] && properties["due_on"].slice(0, 10) < today;
  return (isLate && LATE_CODES[code]) || code;
}

const RISK_ORDER = ["extreme", "high", "moderate", "unknown", "low"];
const DAY_MS = 86_400_000;
const NO_DAY = 1e5; // days since 1970; later than every date

/**
 * Ranks a feature by urgency: first by mark, then by recorded risk (a missing risk is not last). Open inspections go by due date, closed ones by the date of closing, latest first.
 * @param {string[]} codes most urgent first
 * @param {string} code
 * @param {import("../map/page-config.js").Properties} properties
 */
export function urgencyRank(codes, code, properties) {
  const riskIndex = RISK_ORDER.indexOf(properties["risk"] ?? "unknown");
  const day = code === "closed" ? NO_DAY - (dayNumber(properties["closed_on"]) ?? 0) : (dayNumber(properties["due_on"]) ?? NO_DAY);
  return codes.indexOf(code) * 10 + (riskIndex < 0 ? 3 : riskIndex) + Math.min(day, NO_DAY) / (2 * NO_DAY);
}

/** Returns the days from one date to another, or null if one of them is unknown. @param {unknown} fromDate @param {unknown} toDate */
export function daysBetween(fromDate, toDate) {
  const [fromDay, toDay] = [dayNumber(fromDate), dayNumber(toDate)];
  return fromDay === null || toDay === null ? null : toDay - fromDay;
}

/** Returns an ISO date as days since 1970, or null if it is none. @param {unknown} isoDate perhaps with its time */
function dayNumber(isoDate) {
  const day = Date.parse(String(isoDate ?? "").slice(0, 10)) / DAY_MS;
  return Number.isNaN(day) ? null : Math.floor(day);
}

/**
 * Returns whether a town's boundary is in force on a date.
 * @param {import("../map/page-config.js").Properties} properties
 * @param {string} today
 */
export function isInForce(properties, today) {
  const { valid_from: validFrom, valid_to: validTo } = properties;
  return (!validFrom || validFrom.slice(0, 10) <= today) && (!validTo || today <= validTo.slice(0, 10));
}
