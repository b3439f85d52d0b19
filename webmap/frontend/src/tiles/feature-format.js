// Formats feature values as text and computes scale values. Unknown is null, never 0.

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

/**
 * Formats a value, or says that it is unknown.
 * @param {unknown} value
 * @param {string} unit
 */
export function formatValue(value, unit = "") {
  if (value === null || value === undefined || value === "") return "unknown";
  const text = typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 1 }) : String(value);
  return unit ? `${text} ${unit}` : text;
}

/**
 * Formats a scale value with its unit, or says that it is unknown.
 * @param {import("../map/page-config.js").ColorScale} scale
 * @param {number | null} value
 */
export function formatScaleValue(scale, value) {
  return value === null ? "unknown" : formatValue(value, scale.unit);
}

const MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Formats a date as the pages do (webmap/wording.py).
 * @param {unknown} date an ISO date, perhaps with its time
 */
export function formatDay(date) {
  const [, year, month, dayOfMonth] = /^(\d{4})-(\d\d)-(\d\d)/.exec(String(date ?? "")) ?? [];
  return month ? `${Number(dayOfMonth)} ${MONTH_NAMES[Number(month) - 1]} ${year}` : formatValue(date);
}

const FOOT_M = 0.3048;
const MILE_FT = 5_280;

/** Formats a distance in feet or miles. @param {number} meters */
export function formatDistance(meters) {
  const feet = meters / FOOT_M;
  if (feet < 95) return `${Math.max(1, Math.round(feet))} ft`;
  return feet < MILE_FT / 5 ? `${Math.round(feet / 10) * 10} ft` : `${(feet / MILE_FT).toFixed(1)} mi`;
}

/**
 * Formats the town shares of a parcel as its page does (webmap/wording.py).
 * @param {string} text as the join wrote it, for example "Charlack 0.94"
 */
export function formatTownShares(text) {
  const shares = [...text.matchAll(/([^;]+) ([01]\.\d\d)(?:; |$)/g)].map(([, town, percent]) => ({ town, part: Math.round(100 * Number(percent)) }));
  if (!shares.length) return text;
  const outside = shares.reduce((remainder, { part: percent }) => remainder - percent, 100);
  const outsideText = outside > shares.length / 2 ? [`${outside} % outside every town`] : [];
  return [...shares.map(({ town, part: percent }) => `${percent} % ${town}`), ...outsideText].join(", ");
}

/**
 * Formats a code as words.
 * @param {unknown} code
 */
export function formatCode(code) {
  return formatValue(code).replaceAll("_", " ");
}

/**
 * Returns the mark code of a feature. An open inspection is overdue from the day after its due date.
 * @param {string} markBy
 * @param {import("../map/page-config.js").Properties} properties
 * @param {string} today
 */
export function featureMarkCode(markBy, properties, today) {
  const code = properties[markBy] ?? "unknown";
  const isOverdue = markBy === "status" && code === "open" && properties["due_on"] && properties["due_on"].slice(0, 10) < today;
  return isOverdue ? "overdue" : code;
}

const RISK_ORDER = ["extreme", "high", "moderate", "unknown", "low"];
const DAY_MS = 86_400_000;
const NO_DUE_DAY = 1e5; // days since 1970; later than every due date

/**
 * Ranks a feature by urgency: first by mark, then by recorded risk (a missing risk is not last), then by due date.
 * @param {string[]} codes most urgent first
 * @param {string} code
 * @param {import("../map/page-config.js").Properties} properties
 */
export function urgencyRank(codes, code, properties) {
  const riskIndex = RISK_ORDER.indexOf(properties["risk"] ?? "unknown");
  const dueDay = Date.parse(String(properties["due_on"] ?? "").slice(0, 10)) / DAY_MS;
  return codes.indexOf(code) * 10 + (riskIndex < 0 ? 3 : riskIndex) + (Number.isNaN(dueDay) ? NO_DUE_DAY : Math.min(dueDay, NO_DUE_DAY)) / (2 * NO_DUE_DAY);
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
