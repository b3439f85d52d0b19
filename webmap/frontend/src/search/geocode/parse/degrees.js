/**
 * Points typed in degrees, minutes and seconds, or with the letter of a compass point. It follows geo/degrees.py.
 */

const MAX_TYPED_CHARACTERS = 80;
const NUMBER = "[0-9]{1,3}(?:\\.[0-9]+)?";
const SMALL_NUMBER = "[0-9]{1,2}(?:\\.[0-9]+)?";
const ANGLE = new RegExp(`^([NSEW])?\\s*([-+])?\\s*(${NUMBER})(?:(?:\\s*[°:-]\\s*|\\s+)(${SMALL_NUMBER})(?:(?:\\s*[':-]\\s*|\\s+)(${SMALL_NUMBER})\\s*"?)?\\s*'?)?\\s*°?\\s*([NSEW])?$`);
const PACKED = /^([NSEW]?)\s*([0-9]{2,3})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)\s*([NSEW]?)$/;
/** Each notation of a mark, and the one that `ANGLE` knows. The order matters. @type {[RegExp, string][]} */
const MARKS = [
  [/\b(?:LATITUDE|LONGITUDE|LONG|LAT|LON|LNG)\b\s*[:=.]?/g, ""],
  [/([0-9])\s*D\s*([0-9.]+)\s*M\s*(?:([0-9.]+)\s*S(?![A-Z]))?/g, "$1°$2'$3"],
  [/\bNORTH\b/g, "N"],
  [/\bSOUTH\b/g, "S"],
  [/\bEAST\b/g, "E"],
  [/\bWEST\b/g, "W"],
  [/[º˚*]|DEGREES?|DEG\.?/g, "°"],
  [/''|’’|′′|[”“″]|SECONDS?|SECS?\.?/g, '"'],
  [/[’‘′´`]|MINUTES?|MINS?\.?/g, "'"],
  [/[\u2212\u2013]/g, "-"],
  [/(?<=[0-9]),(?=[0-9]+\s*[°'"NSEW])/g, "."],
  [/[\u00a0\s]+/g, " "],
];
const MAY_BE_TYPED = /[°º˚]|[0-9]\s*[NSEW]\b|\b[NSEW]\s*[0-9]|[0-9]\s*deg/i;
const HAS_PART = /°|[0-9]\.[0-9]|[0-9][ :'-]+[0-9]+[^0-9]*[NSEW ,;]/;
const TWO_ANGLES = [
  /^([NSEW][^NSEW,;/|]+)[,;/| ]\s*([NSEW][^NSEW,;/|]+)$/,
  /^([^NSEW,;/|]+[NSEW])[,;/| ]?\s*([^NSEW,;/|]+[NSEW])$/,
  /^([^,;/|]*°[^,;/|]*)[,;/|]([^,;/|]*°[^,;/|]*)$/,
];

/** Says whether a text is a point in degrees and minutes. @param {string} text @returns {boolean} */
export function isDegreesPair(text) {
  if (text.length > MAX_TYPED_CHARACTERS || !MAY_BE_TYPED.test(text)) return false;
  const normalized = normalizeMarks(text);
  const match = HAS_PART.test(normalized) ? TWO_ANGLES.map((pattern) => pattern.exec(normalized)).find(Boolean) : null;
  const [first, second] = match ? [parseAngle(match[1] ?? ""), parseAngle(match[2] ?? "")] : [null, null];
  if (!first || !second) return false;
  const isLonFirst = first.axis === "lon" || second.axis === "lat" || (first.axis === "" && Math.abs(first.value) > 90);
  return Math.abs(isLonFirst ? second.value : first.value) <= 90 && (first.axis !== second.axis || first.axis === "");
}

/** Reads one angle in degrees, south and west negative. @param {string} text @returns {{value: number, axis: string} | null} */
function parseAngle(text) {
  const match = ANGLE.exec(normalizeMarks(text));
  if (!match) return null;
  const [, before, sign, degrees = "", minutes, seconds, after] = match;
  const letter = before ?? after ?? "";
  const value = Number(degrees) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
  const hasFractionInside = (degrees.includes(".") && Number(degrees) % 1 !== 0 && minutes !== undefined) || (seconds !== undefined && Number(minutes) % 1 !== 0);
  const isContradictory = (sign === "-" && "NE".includes(letter || "?")) || (before !== undefined && after !== undefined);
  const limit = "NS".includes(letter || "?") ? 90 : 180;
  if (value > limit || Number(minutes ?? 0) >= 60 || Number(seconds ?? 0) >= 60 || hasFractionInside || isContradictory) return null;
  const axis = { N: "lat", S: "lat", E: "lon", W: "lon" }[letter] ?? "";
  return { value: sign === "-" || "SW".includes(letter || "?") ? -value : value, axis };
}

/** Writes a text in capitals with °, ', ", - and decimal points only. @param {string} text */
function normalizeMarks(text) {
  const normalized = MARKS.reduce((part, [pattern, mark]) => part.replace(pattern, mark), text.trim().toUpperCase()).trim();
  const packed = PACKED.exec(normalized);
  if (!packed || (packed[1] === "") === (packed[5] === "")) return normalized;
  return `${packed[1]}${packed[2]} ${packed[3]} ${packed[4]}${packed[5]}`.trim();
}
