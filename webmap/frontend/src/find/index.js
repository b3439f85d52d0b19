// The index that a browser takes along (geo/addresses/gazetteer/pocket.py): rows sorted by street and number, read once into columns.

import { plain, wordsOf } from "./texts.js";
import { Words } from "./wordbook.js";

/**
 * @typedef {import("./reading.js").Street} Street
 * @typedef {[string, string, string, string]} Parts a street as it is sent: direction, name, suffix, direction behind
 * @typedef {{labels: string[], byName: Record<string, [number, Parts][]>, inFull: [string, string][], landmarks: Landmark[]}} CornersHead
 * @typedef {[string, string | null, number | null, number | null]} Landmark its name, town, and place in degrees
 * @typedef {{format: number, words: import("./wordbook.js").Tables, texts: Record<string, string[]>, labels: string[], parts: Parts[], byName: Record<string, [number, Parts][]>,
 *   aliases: Record<string, [number, string, string][]>, places: Record<string, string>, here: [string, string, string][]}} Head
 * @typedef {ReadonlyMap<string, readonly (readonly [number, Street])[]>} ByName
 */

const METRES = 1e5; // steps of a degree: a metre
const EXACT = 1e6; // and a tenth of one
const WIDE = 2 ** 20; // a key is a number times this plus a street
const MOST_IN_RANGE = 500; // numbers: what spans more is no range of houses

/** Read a file's head, and its columns of numbers. @param {Uint8Array} file @returns {[any, Record<string, number[]>]} */
export function read(file) {
  const end = file.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(file.subarray(0, end)));
  /** @type {Record<string, number[]>} */
  const columns = {};
  let at = end + 1;
  for (const [name, size] of Object.entries(/** @type {Record<string, number>} */ (head.columns))) {
    columns[name] = varints(file.subarray(at, at + size));
    at += size;
  }
  return [head, columns];
}

/** @param {Uint8Array} bytes */
function varints(bytes) {
  const found = [];
  let number = 0;
  let weight = 1;
  for (const byte of bytes) {
    number += (byte & 127) * weight;
    weight *= 128;
    if (byte < 128) {
      found.push(number);
      number = 0;
      weight = 1;
    }
  }
  return found;
}

/** @param {Parts} parts @returns {Street} */
const streetOf = ([predir, name, suffix, postdir]) => ({ predir, name, suffix, postdir });

/** @param {Record<string, [number, Parts][]>} table @returns {ByName} */
const byNameOf = (table) => new Map(Object.entries(table).map(([name, ways]) => [name, ways.map(([number, parts]) => /** @type {const} */ ([number, streetOf(parts)]))]));

export class Index {
  /** @param {Uint8Array} file */
  constructor(file) {
    const [told, columns] = read(file);
    /** @type {Head} */
    const head = told;
    this.words = new Words(head.words);
    this.labels = head.labels;
    this.parts = head.parts.map(streetOf);
    this.byName = byNameOf(head.byName);
    this.aliases = new Map(Object.entries(head.aliases));
    this.places = new Map(Object.entries(head.places));
    this.texts = head.texts;
    this.here = head.here;
    this.start = starts(columns["counts"] ?? []);
    this.size = this.start.at(-1) ?? 0;
    this.numbers = numbersOf(columns, this.start);
    this.high = new Int32Array(this.size);
    for (const [row, more] of sparse(columns["high"])) this.high[row] = (this.numbers[row] ?? 0) + more;
    this.codes = Object.fromEntries(["frac", "letter", "unit"].map((name) => [name, codesOf(this.size, columns[name])]));
    this.place = runs(this.size, columns["place"]);
    this.ranges = [...this.high.keys()].filter((row) => this.high[row]);
    this.keys = keysOf(this);
    const full = this.parts.map((street) => this.words.spellings(street.name, street.suffix));
    this.inFull = /** @type {const} */ ([0, 1, 2, 3]).map((form) => full.map((spelt) => spelt[form]));
    this.byLength = lengthsOf(this.inFull);
    const [spellings, spelt] = spellingsOf(this.words, this.labels);
    this.spellings = spellings;
    this.spelt = spelt;
    /** @type {Landmark[]} */
    this.landmarks = []; // where the file of corners was read
    this.crossings = crossingsOf({ labels: [], byName: {}, inFull: [], landmarks: [] }, {});
    /** @type {(string | null)[]} */
    this.lot = new Array(this.size).fill(null); // parcel numbers, where a town's file was read
    this.lon = new Float64Array(this.size).fill(NaN);
    this.lat = new Float64Array(this.size).fill(NaN);
    /** @type {Map<string, number[]>} */
    this.byTown = new Map(); // the rows of each town, where any file of a town was read
    /** @type {Map<string, string[]>} */
    this.lots = new Map(); // parcel numbers by what they are without blanks and hyphens
    /** @type {Map<string, [string, string][]>} */
    this.old = new Map(); // numbers of before: as they were, and as they are
    /** @type {Map<string, {rows: number[], town: string, lon: number, lat: number}>} */
    this.parcels = new Map();
  }

  /** Take the crossings of streets, and the landmarks. @param {Uint8Array} file */
  addCorners(file) {
    const [head, columns] = read(file);
    this.crossings = crossingsOf(head, columns);
    this.landmarks = head.landmarks;
  }

  /** Take a town's parcel numbers and places. @param {Uint8Array} file */
  add(file) {
    const [head, columns] = read(file);
    if (!this.byTown.size) for (const row of this.lot.keys()) push(this.byTown, this.text("town", row), row);
    const rows = this.byTown.get(head.town) ?? [];
    const places = placesOf(columns["Lon"] ?? [], columns["Lat"] ?? [], METRES);
    /** @type {string[]} */
    const ids = head.ids ? head.ids.split("\n") : [];
    ids.forEach((id, at) => {
      const [lon, lat] = places[at] ?? [NaN, NaN];
      const row = at < head.rows ? rows[at] : undefined;
      if (row !== undefined) {
        this.lot[row] = id || null;
        this.lon[row] = lon;
        this.lat[row] = lat;
      }
      if (id) this.#enter(id, row, head.others[id] ?? head.town, lon, lat); // a lot may lie in another town than its address
    });
    for (const [was, is] of head.old) push(this.old, loose(was), /** @type {[string, string]} */ ([was, is]));
  }

  /** @param {string} id @param {number | undefined} row @param {string} town @param {number} lon @param {number} lat */
  #enter(id, row, town, lon, lat) {
    const known = this.parcels.get(id);
    if (known) {
      if (row !== undefined) known.rows.push(row);
      return;
    }
    this.parcels.set(id, { rows: row === undefined ? [] : [row], town, lon, lat });
    for (const name of new Set([loose(bare(id)), loose(id)])) push(this.lots, name, id);
  }

  /** The rows of a street, or of one number on it: the first, and the one behind the last. @param {number} street @param {number} [number] @returns {[number, number]} */
  span(street, number) {
    const first = this.start[street] ?? 0;
    const last = this.start[street + 1] ?? first;
    if (number === undefined) return [first, last];
    const low = this.#bisect(first, last, number);
    return [low, this.#bisect(low, last, number + 1)];
  }

  /** @param {number} first @param {number} last @param {number} number */
  #bisect(first, last, number) {
    let [low, high] = [first, last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The streets that have a house number, alone or within a range. @param {number} number @returns {Set<number>} */
  having(number) {
    const found = new Set();
    for (let at = lowerBound(this.keys, number * WIDE); (this.keys[at] ?? Infinity) < (number + 1) * WIDE; at += 1) found.add((this.keys[at] ?? 0) % WIDE);
    return found;
  }

  /** A row's house number, -1 where it has none. @param {number} row */
  number(row) {
    const number = this.numbers[row] ?? NONE;
    return number === NONE ? -1 : number;
  }

  /** The street of a row. @param {number} row */
  street(row) {
    return lowerBound(this.start, row + 1) - 1;
  }

  /** What a row has of a text; empty where unknown. @param {string} column @param {number} row */
  text(column, row) {
    const part = PLACE.get(column);
    if (part !== undefined) return this.here[this.place[row] ?? 0]?.[part] ?? "";
    const code = this.codes[column]?.[row] ?? 0;
    return code ? this.texts[column]?.[code - 1] ?? "" : "";
  }

  /** Bring a town's or a street's name to the form under which it is looked up. @param {string} name */
  folded(name) {
    return this.words.fold(wordsOf(plain(name)));
  }
}

export const NONE = WIDE - 1; // in the place of a number where there is none
const PLACE = new Map([["town", 0], ["zip", 1], ["postal", 2]]); // go together

/** What stands before a source's name in a parcel number. @param {string} id */
export const bare = (id) => id.split("~")[0] ?? id;

/** A parcel number without blanks and hyphens. @param {string} text */
export const loose = (text) => text.replace(/[\s\-./]+/g, "").toUpperCase();

/** @template K, V @param {Map<K, V[]>} table @param {K} key @param {V} value */
function push(table, key, value) {
  const there = table.get(key);
  if (there) there.push(value);
  else table.set(key, [value]);
}

/** @param {ArrayLike<number>} sorted @param {number} value */
function lowerBound(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where each street's rows begin. @param {number[]} counts */
function starts(counts) {
  const found = [0];
  for (const count of counts) found.push((found.at(-1) ?? 0) + count);
  return found;
}

/** @param {Record<string, number[]>} columns @param {number[]} start */
function numbersOf(columns, start) {
  const found = new Int32Array(start.at(-1) ?? 0).fill(NONE);
  let step = 0;
  (columns["nones"] ?? []).forEach((nones, street) => {
    let number = 0;
    for (let row = start[street] ?? 0; row < (start[street + 1] ?? 0) - nones; row += 1) {
      number += columns["numbers"]?.[step] ?? 0;
      step += 1;
      found[row] = number;
    }
  });
  return found;
}

/** @param {number[]} [column] @returns {[number, number][]} */
function sparse(column = []) {
  /** @type {[number, number][]} */
  const found = [];
  let row = 0;
  for (let at = 0; at < column.length; at += 2) {
    row += column[at] ?? 0;
    found.push([row, column[at + 1] ?? 0]);
  }
  return found;
}

/** @param {number} size @param {number[]} [column] */
function codesOf(size, column) {
  const found = new Int32Array(size);
  for (const [row, code] of sparse(column)) found[row] = code;
  return found;
}

/** @param {number} size @param {number[]} [column] */
function runs(size, column = []) {
  const found = new Int32Array(size);
  let row = 0;
  for (let at = 0; at < column.length; at += 2) {
    const run = column[at + 1] ?? 0;
    found.fill(column[at] ?? 0, row, row + run);
    row += run;
  }
  return found;
}

/** Which streets have which numbers, sorted; ranges count with all that they hold. @param {Index} index */
function keysOf(index) {
  const keys = new Set();
  index.parts.forEach((_, street) => {
    for (let row = index.start[street] ?? 0; row < (index.start[street + 1] ?? 0); row += 1) {
      const low = index.numbers[row] ?? NONE;
      const high = index.high[row] ?? 0;
      keys.add(low * WIDE + street);
      const step = (high - low) % 2 ? 1 : 2;
      for (let nth = 1; high && nth <= MOST_IN_RANGE && low + nth * step <= high; nth += 1) keys.add((low + nth * step) * WIDE + street);
    }
  });
  return Float64Array.from(keys).sort();
}

/** The names in full, each once, by how many letters they have; and which streets are so called. @param {string[][]} forms */
function lengthsOf(forms) {
  /** @type {Map<string, number[]>} */
  const streets = new Map();
  for (const form of forms) form.forEach((name, street) => name && push(streets, name, street));
  /** @type {Map<number, [string[], number[][]]>} */
  const lengths = new Map();
  for (const [name, called] of streets) {
    const there = lengths.get(name.length) ?? [[], []];
    there[0].push(name);
    there[1].push(called);
    lengths.set(name.length, there);
  }
  return lengths;
}

/** Each street as written and folded, with its first direction and without, sorted. @param {Words} words @param {string[]} labels @returns {[string[][], number[]]} */
function spellingsOf(words, labels) {
  /** @type {Map<string, [string[], number]>} */
  const found = new Map();
  labels.forEach((label, number) => {
    const written = wordsOf(plain(label));
    const folded = words.fold(written).split(" ");
    const full = words.fullDirection.get(folded[0] ?? "");
    for (const form of full === undefined ? [written, folded] : [written, folded, [full, ...folded.slice(1)]]) {
      found.set(`${form.join(" ")}\n${number}`, [form, number]);
      if (form.length > 1 && words.direction.has(form[0] ?? "")) found.set(`${form.slice(1).join(" ")}\n${number}`, [form.slice(1), number]);
    }
  });
  const order = [...found.values()].sort(([one, a], [other, b]) => compared(one, other) || a - b);
  return [order.map(([form]) => form), order.map(([, number]) => number)];
}

/** @param {string[]} one @param {string[]} other */
function compared(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const [a, b] = [one[at] ?? "", other[at] ?? ""];
    if (a !== b) return a < b ? -1 : 1;
  }
  return one.length - other.length;
}

/** Places from their steps; nowhere where there is none. @param {number[]} lons @param {number[]} lats @param {number} steps @returns {[number, number][]} */
function placesOf(lons, lats, steps) {
  let [x, y, nth] = [0, 0, 0];
  return lons.map((step) => {
    if (!step) return [NaN, NaN];
    x += unzigzag(step - 1);
    y += unzigzag(lats[nth] ?? 0);
    nth += 1;
    return [x / steps, y / steps];
  });
}

/** @param {number} step */
const unzigzag = (step) => (step % 2 ? -(step + 1) / 2 : step / 2);

/** @param {CornersHead} head @param {Record<string, number[]>} columns */
function crossingsOf(head, columns) {
  let step = 0;
  const nodes = (columns["nodeCounts"] ?? []).map((count) => {
    let node = 0;
    return new Set(Array.from({ length: count }, () => (node += columns["nodes"]?.[step++] ?? 0)));
  });
  const names = new TextDecoder();
  /** @type {string[]} */
  const towns = [];
  const bytes = columns["nodeTownNames"] ?? [];
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) towns.push(names.decode(Uint8Array.from(bytes.slice(at + 1, at + 1 + (bytes[at] ?? 0)))));
  const places = placesOf(columns["nodeLon"] ?? [], columns["nodeLat"] ?? [], EXACT);
  const town = (columns["nodeTowns"] ?? []).map((code) => towns[code] || null);
  return { labels: head.labels, byName: byNameOf(head.byName), inFull: head.inFull, nodes, places, town };
}
