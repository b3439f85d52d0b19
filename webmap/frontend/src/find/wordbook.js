// The words of addresses, as the index brings them (geo/addresses/reading/words.py), and how names are folded.

/**
 * @typedef {Record<string, string>} Spellings
 * @typedef {{suffix: Spellings, suffixInFull: Spellings, direction: Spellings, fullDirection: Spellings, plainUnit: string[], numberedUnit: Spellings, loneUnit: Spellings,
 *   state: Spellings, stateOfZip: Spellings, before: string[], between: string[], aside: string[], more: string[], lot: string[],
 *   roads: string[], block: string[], joins: string[], corner: string[], country: string[], ones: Record<string, number>,
 *   tens: Record<string, number>, zeros: string[], ordinals: Record<string, number>, fold: Spellings, full: Spellings}} Tables
 */

const SHORT = 3; // letters: a name that is no longer is near to too many

/** A table without what every object has of its own. @template T @param {Record<string, T>} table @returns {Map<string, T>} */
const mapped = (table) => new Map(Object.entries(table));

export class Words {
  /** @param {Tables} tables */
  constructor(tables) {
    this.suffix = mapped(tables.suffix);
    this.suffixInFull = mapped(tables.suffixInFull);
    this.direction = mapped(tables.direction);
    this.fullDirection = mapped(tables.fullDirection);
    this.plainUnit = new Set(tables.plainUnit);
    this.numberedUnit = mapped(tables.numberedUnit);
    this.loneUnit = mapped(tables.loneUnit);
    this.state = mapped(tables.state);
    this.stateOfZip = mapped(tables.stateOfZip);
    this.joins = new Set(tables.joins);
    this.country = new Set(tables.country);
    this.ones = mapped(tables.ones);
    this.tens = mapped(tables.tens);
    this.zeros = new Set(tables.zeros);
    this.ordinals = mapped(tables.ordinals);
    this.folds = mapped(tables.fold);
    this.full = mapped(tables.full);
    this.before = new Set(tables.before);
    this.between = new Set(tables.between);
    this.aside = new Set(tables.aside);
    this.lot = new Set(tables.lot);
    this.roads = new Set(tables.roads);
    this.block = new Set(tables.block);
    this.two = new RegExp(`^([0-9]{2,6}) ?(?:${tables.more.join("|")}) ?([0-9]{2,6})(?= [^,])(.*)$`);
    this.corner = new RegExp(`(?:${tables.corner.join("|")})\\s+`);
  }

  /** Bring a street's name to the form under which it is looked up. @param {readonly string[]} words */
  fold(words) {
    /** @type {string[]} */
    const kept = [];
    for (const word of words) {
      const tens = this.tens.get(kept.at(-1) ?? "");
      const ones = this.ordinals.get(word) ?? 0;
      if (tens && ones > 0 && ones < 10) kept[kept.length - 1] = ordinal(tens + ones);
      else kept.push(this.folds.get(word) ?? word);
    }
    return kept.join(" ");
  }

  /** Spell a folded name in full and without blanks. @param {string} name */
  inFull(name) {
    return this.wordsInFull(name).join("");
  }

  /** Spell each word of a folded name in full. @param {string} name */
  wordsInFull(name) {
    return name.split(" ").map((word) => this.full.get(word) ?? word);
  }

  /** Spell a street in the ways in which a misspelt one may be near to it. @param {string} name @param {string} suffix @returns {[string, string, string, string]} */
  spellings(name, suffix) {
    const parts = name.split(" ");
    const full = this.inFull(name);
    const bare = parts.includes("AND") ? this.inFull(parts.filter((part) => part !== "AND").join(" ")) : "";
    if (!suffix || full.length <= SHORT) return [full, "", "", bare];
    return [full, full + (this.suffixInFull.get(suffix) ?? suffix), full + suffix, bare];
  }

  /** Whether words begin, in order, with the typed ones. @param {readonly string[]} known @param {readonly string[]} typed */
  begins(known, typed) {
    if (typed.length > known.length) return false;
    return typed.every((part, at) => (known[at] ?? "").startsWith(part) || this.fold([known[at] ?? ""]) === this.fold([part]));
  }
}

/** Write an ordinal in figures, as streets carry it. @param {number} number */
export function ordinal(number) {
  const last = number % 10;
  const teens = number % 100 >= 10 && number % 100 <= 20;
  return `${number}${teens ? "TH" : ({ 1: "ST", 2: "ND", 3: "RD" })[last] ?? "TH"}`;
}
