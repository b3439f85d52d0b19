// Figures from features. Unknown is null, never 0.

/**
 * Make the figure that a scale shows.
 * @param {import("./told.js").Scale} scale
 * @param {import("./told.js").Properties} properties
 * @returns {number | null}
 */
export function figure(scale, properties) {
  const parts = scale.over.map((name) => properties[name]);
  if (parts.some((part) => part === null || part === undefined)) return null;
  if (scale.under === null) return parts[0];
  const whole = properties[scale.under];
  if (!whole) return null;
  return (100 * parts.reduce((sum, part) => sum + part, 0)) / whole;
}

/**
 * Give the colour of a figure; null for unknown, which is hatched.
 * @param {import("./told.js").Scale} scale
 * @param {number | null} value
 * @returns {string | null}
 */
export function colour(scale, value) {
  if (value === null) return null;
  const step = scale.breaks.filter((least) => value >= least).length;
  return scale.colours[step] ?? null;
}

/**
 * Tell a number, or that it is unknown.
 * @param {unknown} value
 * @param {string} unit
 */
export function told(value, unit = "") {
  if (value === null || value === undefined || value === "") return "unknown";
  const text = typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 1 }) : String(value);
  return unit ? `${text} ${unit}` : text;
}

/**
 * Tell a figure of a scale with its unit, or that it is unknown.
 * @param {import("./told.js").Scale} scale
 * @param {number | null} value
 */
export function share(scale, value) {
  return value === null ? "unknown" : told(value, scale.unit);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Tell a day, as pages do (webmap/words.py).
 * @param {unknown} date an ISO date, perhaps with its time
 */
export function day(date) {
  const [, year, month, number] = /^(\d{4})-(\d\d)-(\d\d)/.exec(String(date ?? "")) ?? [];
  return month ? `${Number(number)} ${MONTHS[Number(month) - 1]} ${year}` : told(date);
}

const FOOT_M = 0.3048;
const MILE_FT = 5_280;

/** Tell a distance as people do who measure in feet. @param {number} metres */
export function distance(metres) {
  const feet = metres / FOOT_M;
  if (feet < 95) return `${Math.max(1, Math.round(feet))} ft`;
  return feet < MILE_FT / 5 ? `${Math.round(feet / 10) * 10} ft` : `${(feet / MILE_FT).toFixed(1)} mi`;
}

/**
 * Tell which part of a lot lies in which town, as its page does (webmap/words.py).
 * @param {string} text as the join wrote it: "Charlack 0.94"
 */
export function bordered(text) {
  const shares = [...text.matchAll(/([^;]+) ([01]\.\d\d)(?:; |$)/g)].map(([, town, part]) => ({ town, part: Math.round(100 * Number(part)) }));
  if (!shares.length) return text;
  const outside = shares.reduce((rest, { part }) => rest - part, 100);
  const beyond = outside > shares.length / 2 ? [`${outside} % outside every town`] : [];
  return [...shares.map(({ town, part }) => `${part} % ${town}`), ...beyond].join(", ");
}

/**
 * Tell a code in words.
 * @param {unknown} code
 */
export function words(code) {
  return told(code).replaceAll("_", " ");
}

/**
 * Choose the code by which a feature is marked; an open inspection is overdue from the day after it was due.
 * @param {string} markBy
 * @param {import("./told.js").Properties} properties
 * @param {string} today
 */
export function codeOf(markBy, properties, today) {
  const code = properties[markBy] ?? "unknown";
  const overdue = markBy === "status" && code === "open" && properties["due_on"] && properties["due_on"].slice(0, 10) < today;
  return overdue ? "overdue" : code;
}

const RISKS = ["extreme", "high", "moderate", "unknown", "low"];
const DAY_MS = 86_400_000;
const LATER = 1e5; // days from 1970 on, behind every day that is due

/**
 * Rank a feature as a crew works: by mark, then by risk as recorded, a missing one never last, then by the day on which it is due.
 * @param {string[]} codes in the order of their urgency
 * @param {string} code
 * @param {import("./told.js").Properties} properties
 */
export function rankOf(codes, code, properties) {
  const risk = RISKS.indexOf(properties["risk"] ?? "unknown");
  const due = Date.parse(String(properties["due_on"] ?? "").slice(0, 10)) / DAY_MS;
  return codes.indexOf(code) * 10 + (risk < 0 ? 3 : risk) + (Number.isNaN(due) ? LATER : Math.min(due, LATER)) / (2 * LATER);
}

/**
 * Whether a town's limits hold on a day.
 * @param {import("./told.js").Properties} properties
 * @param {string} today
 */
export function stands(properties, today) {
  const { valid_from: start, valid_to: end } = properties;
  return (!start || start.slice(0, 10) <= today) && (!end || today <= end.slice(0, 10));
}
