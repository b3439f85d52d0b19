// Find: one entrance for whatever people type, without a server, by the rules of geo/addresses/finding/find.py.

import { blockIn } from "./blocks.js";
import { begun, begunElsewhere, completions, FEW } from "./completing.js";
import { crossingsOf, named } from "./crossings.js";
import { MOST } from "./houses.js";
import { bare, loose } from "./index.js";
import { addressOf } from "./judging.js";
import { alike } from "./likening.js";
import { best, choices, matches, misdialled, NEAR, nearest, ofBlock, once } from "./matching.js";
import { parted, readingsOf, readingsWithRest } from "./reading.js";
import { directionApart, oneNumber, suffixLast } from "./mending.js";
import { numberAlone, rewritings } from "./rewriting.js";
import { plain, split, title, unusable, wordsOf } from "./texts.js";

/**
 * @typedef {import("./index.js").Index} Index
 * @typedef {import("./judging.js").Choice} Choice
 * @typedef {import("./judging.js").Match} Match
 * @typedef {import("./reading.js").Reading} Reading
 * @typedef {import("./reading.js").Parted} Parted
 * @typedef {"exact" | "corrected" | "ambiguous" | "nearest" | "block" | "intersection" | "prefix" | "none"} Status
 * @typedef {{parcel_id: string | null, address: string | null, town: string | null, lon: number | null, lat: number | null, status: Status, changes: string[],
 *   kind: string, zip: string | null}} Candidate
 * @typedef {{query: string, status: Status, candidates: Candidate[], reason?: string}} Answer
 * @typedef {{limit?: number, near?: [number, number], town?: string}} Options `near` in degrees, `town` as its name or as it stands in addresses of pages
 * @typedef {[Status, Candidate[]]} Found
 */

const LONLAT = /^\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*[, ]\s*([-+]?[0-9]{1,3}(?:\.[0-9]+)?)\s*$/;
const LETTER_OR_DIRECTION = /^[0-9]+ [NSEW] /;

/** Find the parcels that a query means. @param {Index} index @param {string} query @param {Options} [options] @returns {Answer} */
export function find(index, query, options = {}) {
  if (isLonLat(query)) return { query, status: "none", candidates: [], reason: "The query is a place in degrees; it names no address." };
  const reason = unusable(query);
  const asked = new Question(index, query, reason ? "" : plain(query), options);
  for (const way of reason ? [byLot] : WAYS) {
    const [status, found] = way(asked); // a parcel's number may hold any mark
    if (found.length) return { query, status, candidates: found.slice(0, asked.most) };
  }
  return { query, status: "none", candidates: [], reason: reason || whyNothing(asked) };
}

/** @param {string} query */
function isLonLat(query) {
  const found = query.length <= 60 && query.includes(".") ? LONLAT.exec(query) : null;
  if (found === null) return false;
  const [one, other] = [Math.abs(Number(found[1])), Math.abs(Number(found[2]))];
  return other <= 90 ? one <= 180 : one <= 90 && other <= 180;
}

/** A town's name as it stands in addresses of pages. @param {string} name */
const slug = (name) => name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "unnamed";

class Question {
  /** @param {Index} index @param {string} query @param {string} text @param {Options} options */
  constructor(index, query, text, options) {
    this.index = index;
    this.query = query;
    this.text = text;
    this.options = options;
    this.near = options.near;
    this.town = options.town ? slug(options.town) : null;
    this.most = Math.max(1, options.limit ?? 10);
    this.parted = parted(index.words, text, index.places);
    this.readings = once(readingsOf(index.words, this.parted)).filter((one) => one.house && one.house.number <= MOST);
    /** @type {Choice[] | undefined} */
    this.known = undefined;
  }

  /** The streets on which the number may be; with something left over only when there is no other. @returns {Choice[]} */
  get streets() {
    if (this.known) return this.known;
    const plainly = choices(this.index, this.readings.filter((one) => !this.isLettered(one)));
    this.known = plainly.length ? plainly : choices(this.index, readingsWithRest(this.index.words, this.parted).filter((one) => one.house));
    return this.known;
  }

  /** Whether the letter of a reading's number may as well be a direction. @param {Reading} reading */
  isLettered(reading) {
    return Boolean(reading.house?.letter) && LETTER_OR_DIRECTION.test(this.text);
  }

  /** Ask the same of another text. @param {string} text */
  rewritten(text) {
    return text === this.text ? this : new Question(this.index, this.query, text, this.options);
  }

  /** Sort candidates that are equally good: in the town first, then the nearest. @param {Candidate[]} found @returns {Candidate[]} */
  order(found) {
    if (this.town === null && !this.near) return found;
    const far = found.map((one) => ({ one, elsewhere: Number(this.town !== null && (one.town === null || slug(one.town) !== this.town)), away: this.#away(one) }));
    return far.sort((a, b) => a.elsewhere - b.elsewhere || (a.away === b.away ? 0 : a.away - b.away)).map(({ one }) => one);
  }

  /** @param {Candidate} one */
  #away(one) {
    if (!this.near) return 0;
    if (one.lon === null || one.lat === null) return Infinity;
    const [lon, lat] = this.near;
    return Math.hypot((one.lon - lon) * Math.cos((lat * Math.PI) / 180), one.lat - lat);
  }
}

/** Find a parcel by its number, or by the number of before. @param {Question} asked @returns {Found} */
function byLot(asked) {
  const { index, query } = asked;
  const typed = loose(query);
  /** @type {[string, string][]} */
  const found = [];
  for (const id of typed ? index.lots.get(typed) ?? [] : []) found.push([id, difference(query, id)]);
  for (const [was, is] of typed ? index.old.get(typed) ?? [] : []) found.push([is, `Parcel number: ${was} is now ${is}.`]);
  const same = found.some(([, told]) => !told) ? found.filter(([, told]) => !told) : found;
  const status = statusOf(same.length, same.some(([, told]) => told));
  return [status, asked.order(same.map(([id, told]) => lotCandidate(index, id, status, told ? [told] : [])))];
}

/** Say how a query differs from a number; blanks and hyphens are free where the number has none. @param {string} query @param {string} kept */
function difference(query, kept) {
  const [typed, known, own] = [query, kept, bare(kept)].map((text) => text.trim().replace(/[\s\-./]+/g, "-").toUpperCase());
  return typed === known || typed === own || !known?.includes("-") ? "" : `Parcel number: the number on record is ${kept}.`;
}

/** Find a parcel by its number behind words that say that it is one: parcel no. 10E620112. @param {Question} asked @returns {Found} */
function byLabelledLot(asked) {
  const parts = split(asked.text);
  const count = parts.findIndex((part) => !asked.index.words.lot.has(part));
  if (count < 1) return ["none", []];
  const again = new Question(asked.index, parts.slice(count).join(" "), "", asked.options);
  const [found, lots] = byLot(again);
  const told = `Left out: “${parts.slice(0, count).join(" ").toLowerCase()}” was ignored.`;
  const status = found === "exact" ? "corrected" : found;
  return [status, lots.map((one) => ({ ...one, status, changes: [told, ...one.changes] }))];
}

/** The number of the block that a text names, and the streets that it may be on; none where it names none. @param {Question} asked @returns {[number, Choice[]]} */
function blockStreets({ index, text }) {
  const [number, street] = blockIn(index.words, text) ?? [0, ""];
  const streets = street ? readingsOf(index.words, parted(index.words, street, index.places)).filter((one) => !one.house) : [];
  return [number, choices(index, streets)];
}

/** List a block: "7300 blk Burrwood" is 7300 to 7399, lowest number first. @param {Question} asked @returns {Found} */
function byBlock(asked) {
  const [number, chosen] = blockStreets(asked);
  return ["block", candidates(asked.index, ofBlock(asked.index, chosen, number), "block", asked.most)];
}

/** Find an address: the number itself, a range that holds it, else the nearest on its side. @param {Question} asked @returns {Found} */
function byAddress(asked) {
  const found = onRecord(asked);
  if (found.length) return told(asked, found);
  const [text = "", change = ""] = (asked.streets.length && oneNumber(asked.index.words, asked.text)) || [];
  const again = text ? asked.rewritten(text) : asked;
  const whole = text ? onRecord(again) : [];
  return whole.length ? told(again, whole.map((match) => also(match, [change]))) : near(asked, asked.streets);
}

/** The best rows for the number on the streets that a text may mean. @param {Question} asked @returns {Match[]} */
function onRecord(asked) {
  const { index } = asked;
  if (!asked.readings.length) return [];
  const lettered = asked.readings.filter((one) => asked.isLettered(one));
  const also = matches(index, choices(index, lettered)).filter((match) => !match.grave);
  return best(index, [...matches(index, asked.streets), ...also]);
}

/** Turn equally good matches into candidates: one is an answer, several are a question. @param {Question} asked @param {readonly Match[]} found @returns {Found} */
function told(asked, found) {
  const alone = statusOf(1, Boolean(found[0]?.grave));
  const one = eachOnce(candidates(asked.index, found, alone));
  if (one.length === 1) return [alone, one];
  const kind = found.every((match) => match.grave) ? alone : "ambiguous";
  return ["ambiguous", eachOnce(asked.order(candidates(asked.index, found, kind)))];
}

/** Find an address that is glued together or in another order. @param {Question} asked @returns {Found} */
function byRewriting(asked) {
  const every = rewritings(asked.index.words, asked.text, asked.index.places);
  const [last, done] = every.at(-1) ?? [asked.text, []];
  // only where that very address is on record
  for (const more of [directionApart(last), suffixLast(asked.index.words, last)]) if (more) every.push([more[0], [...done, more[1]]]);
  const alone = numberAlone(asked.index.words, asked.text);
  if (alone) every.push([alone[0], [alone[1]]]);
  for (const [text, changes] of every) {
    const again = asked.rewritten(text);
    const found = onRecord(again);
    if (found.length) return told(again, found.map((match) => also(match, changes)));
  }
  return ["none", []];
}

/** @param {Match} match @param {readonly string[]} changes @returns {Match} */
const also = (match, changes) => ({ ...match, grave: match.grave + changes.length, faults: [...changes, ...match.faults] });

/** Find an address on the street that is nearest in spelling, of those that have its number; else the nearest number. @param {Question} asked @returns {Found} */
function byLikeness(asked) {
  if (asked.streets.length) return ["none", []]; // where the typed street exists, no other is looked at
  const { index } = asked;
  const [text, changes] = rewritings(index.words, asked.text, index.places).at(-1) ?? [asked.text, []];
  const again = asked.rewritten(text);
  if (again.streets.length) return near(again, again.streets, changes);
  const numbers = new Set(again.readings.map((one) => one.house?.number ?? -1));
  const having = [...numbers].flatMap((number) => [...index.having(number)]);
  const found = matches(index, alike(index, again.readings, having)).map((match) => also(match, changes));
  if (found.length) return told(again, found);
  const started = begunElsewhere(index, again.parted).map((one) => ({ ...one, readAs: one.reading.line.street.join(" ").toLowerCase() }));
  const chosen = started.length ? started : alike(index, again.readings);
  const standing = matches(index, chosen).map((match) => also(match, changes));
  return standing.length ? told(again, standing) : near(asked, chosen, changes);
}

/** Give the nearest numbers on the same side, then those that one wrong digit makes. @param {Question} asked @param {readonly Choice[]} chosen @param {readonly string[]} [changes] @returns {Found} */
function near(asked, chosen, changes = []) {
  const { index } = asked;
  if (!chosen.length) return ["none", []];
  const ways = [nearest(index, chosen), chosen.length <= FEW ? misdialled(index, chosen) : []];
  const made = ways.flatMap((found) => asked.order(candidates(index, found.map((match) => also(match, changes)), "nearest")));
  return ["nearest", eachOnce(made)];
}

/** Find the street that is nearest in spelling to one typed without a number. @param {Question} asked @returns {Found} */
function byStreetAlike(asked) {
  const { index } = asked;
  if (asked.readings.length) return ["none", []];
  const chosen = alike(index, readingsOf(index.words, asked.parted));
  return ["prefix", eachOnce(asked.order(candidates(index, completions(index, chosen), "prefix")))];
}

/** Find where two streets meet; "Lucas and Hunt" is one street, so every "and" is tried. @param {Question} asked @param {boolean} misspelt @returns {Found} */
function byCrossing(asked, misspelt) {
  const found = pairs(asked).flatMap((pair) => crossingsOf(asked.index, pair, misspelt));
  const fewest = Math.min(...found.map((one) => one.changes.length));
  const made = once(found.filter((one) => one.changes.length === fewest)).map((one) =>
    candidate({ address: one.name, town: one.town, lon: one.lon, lat: one.lat, status: "intersection", kind: "intersection", changes: one.changes }),
  );
  return ["intersection", asked.order(made)];
}

/** Part a text at each word that may join two streets. @param {Question} asked @returns {[string[], string[]][]} */
function pairs(asked) {
  const { words } = asked.index;
  const parts = wordsOf(asked.text.replace(words.corner, "")).filter((word) => word !== ",");
  return parts.flatMap((word, at) => (words.joins.has(word) ? [/** @type {[string[], string[]]} */ ([parts.slice(0, at), parts.slice(at + 1)])] : []));
}

/** @param {Index} index @param {string} name */
const markKey = (index, name) => index.words.fold(wordsOf(plain(name)).filter((word) => word !== ","));

/** Find a named place by its whole name. @param {Question} asked @returns {Found} */
function byLandmark(asked) {
  const { index, text } = asked;
  const key = markKey(index, text);
  const found = index.landmarks.filter(([name]) => markKey(index, name) === key);
  const status = statusOf(found.length, false);
  return [status, asked.order(found.map((mark) => landmark(mark, status)))];
}

/** @param {Index["landmarks"][number]} mark @param {Status} status */
const landmark = ([name, town, lon, lat], status) => candidate({ address: name, town, lon, lat, status, kind: "landmark" });

/** Find streets and landmarks that begin as typed: what is typed may not be finished. @param {Question} asked @returns {Found} */
function byBeginning(asked) {
  const { index } = asked;
  const found = eachOnce(asked.order(candidates(index, completions(index, begun(index, asked.parted)), "prefix")));
  const key = markKey(index, asked.text);
  const marks = index.landmarks.map((mark) => ({ mark, name: markKey(index, mark[0]) })).filter(({ name }) => key && name.startsWith(key));
  marks.sort((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)));
  return ["prefix", [...found, ...marks.slice(0, 5).map(({ mark }) => landmark(mark, "prefix"))]];
}

const WAYS = [
  byLot,
  byBlock,
  byAddress,
  (/** @type {Question} */ asked) => byCrossing(asked, false),
  byLandmark,
  byLabelledLot,
  byRewriting,
  byBeginning,
  byLikeness,
  byStreetAlike,
  (/** @type {Question} */ asked) => byCrossing(asked, true),
];

/** Say why nothing was found, and what would help. @param {Question} asked */
function whyNothing(asked) {
  const { index } = asked;
  const words = wordsOf(asked.text);
  if (words.every((word) => /^\p{N}+$/u.test(word))) return "A number alone names no place, and no parcel has it; add the street.";
  const [number, [ofBlocks]] = blockStreets(asked);
  if (ofBlocks) return `${index.labels[ofBlocks.street]} has no address on record in its ${number - (number % 100)} block.`;
  const [street] = asked.streets;
  if (street) return `${index.labels[street.street]} has no such number on record, nor one within ${NEAR} on the same side.`;
  if (words.includes("&") || words.includes("@") || pairs(asked).some((pair) => named(index, pair))) return "No crossing of these two streets is on record.";
  const line = asked.parted[0]?.line;
  return `No street on record is called “${title(line ? line.street.join(" ") : asked.text)}”.`;
}

/** Name what was found: one as typed, one with changes, or several. @param {number} count @param {boolean} changed @returns {Status} */
const statusOf = (count, changed) => (count > 1 ? "ambiguous" : changed ? "corrected" : "exact");

/** @param {Partial<Candidate> & {status: Status}} told @returns {Candidate} */
const candidate = (told) => ({ parcel_id: null, address: null, town: null, lon: null, lat: null, changes: [], kind: "address", zip: null, ...told });

/** Make candidates of matches; where no unit was typed, those of one number on one lot are one. @param {Index} index @param {readonly Match[]} found @param {Status} status @param {number} [most] @returns {Candidate[]} */
function candidates(index, found, status, most = Infinity) {
  /** @type {Map<string, Match[]>} */
  const doors = new Map();
  for (const match of found) {
    const lot = index.lot[match.row];
    const one = match.unitOpen && lot ? JSON.stringify([lot, index.street(match.row), index.number(match.row), match.faults]) : `${match.row}`;
    doors.set(one, [...(doors.get(one) ?? []), match]);
  }
  return [...doors.values()].slice(0, most).map(([first, ...others]) => {
    const { row, faults, notes } = /** @type {Match} */ (first);
    const units = others.length ? [`Unit: none was typed; ${1 + others.length} are on record here.`] : [];
    return candidate({
      parcel_id: index.lot[row] ?? null,
      address: addressOf(index, row, !others.length),
      town: index.text("town", row) || null,
      lon: known(index.lon[row]),
      lat: known(index.lat[row]),
      status,
      changes: [...faults, ...notes, ...units],
      zip: index.text("zip", row) || null,
    });
  });
}

/** @param {number} [degrees] */
const known = (degrees) => (degrees === undefined || Number.isNaN(degrees) ? null : degrees);

/** Make a candidate of a parcel, with its first address if it has one. @param {Index} index @param {string} id @param {Status} status @param {string[]} changes @returns {Candidate} */
function lotCandidate(index, id, status, changes) {
  const lot = index.parcels.get(id);
  const row = lot?.rows.length ? Math.min(...lot.rows) : undefined;
  const address = row === undefined ? null : addressOf(index, row);
  const zip = row === undefined ? null : index.text("zip", row) || null;
  return candidate({ parcel_id: id, address, town: lot?.town || null, lon: known(lot?.lon), lat: known(lot?.lat), status, changes, kind: "parcel", zip });
}

/** Keep each parcel once; a row without a parcel gives way to one that has the same address. @param {Candidate[]} found @returns {Candidate[]} */
function eachOnce(found) {
  /** @type {Map<string, Candidate>} */
  const kept = new Map();
  const withLot = new Set(found.filter((one) => one.parcel_id !== null).map((one) => JSON.stringify([one.address, one.town])));
  for (const one of found) {
    if (one.parcel_id === null && withLot.has(JSON.stringify([one.address, one.town]))) continue;
    const place = one.parcel_id ?? JSON.stringify([one.address, one.town, one.lon, one.lat]);
    if (!kept.has(place)) kept.set(place, one);
  }
  return [...kept.values()];
}
