// The words used in addresses, from the index (geo/geocode/parse/vocabulary.py), and the folding of names.

/**
 * @typedef {Record<string, string>} WordMap
 * @typedef {{suffix: WordMap, suffixInFull: WordMap, direction: WordMap, fullDirection: WordMap, plainUnit: string[], numberedUnit: WordMap, loneUnit: WordMap,
 *   state: WordMap, stateOfZip: WordMap, before: string[], between: string[], aside: string[], more: string[], lot: string[],
 *   roads: string[], roadQualifiers: WordMap, roadKinds: WordMap, roadShortForms: WordMap, titlesBefore: string[], titlesAfter: string[], zipWords: string[], block: string[], joins: string[], corner: string[], country: string[], ones: Record<string, number>,
 *   tens: Record<string, number>, zeros: string[], ordinals: Record<string, number>, fold: WordMap, full: WordMap}} WordTables
 */

const SHORT_NAME_LENGTH = 3; // letters; shorter names are similar to too many others

/** Converts an object to a map, so that no inherited property is found. @template T @param {Record<string, T>} table @returns {Map<string, T>} */
const toMap = (table) => new Map(Object.entries(table));

export class Vocabulary {
  /** @param {WordTables} tables */
  constructor(tables) {
    this.suffix = toMap(tables.suffix);
    this.fullSuffix = toMap(tables.suffixInFull);
    this.direction = toMap(tables.direction);
    this.fullDirection = toMap(tables.fullDirection);
    this.plainUnit = new Set(tables.plainUnit);
    this.numberedUnit = toMap(tables.numberedUnit);
    this.loneUnit = toMap(tables.loneUnit);
    this.state = toMap(tables.state);
    this.stateByZipPrefix = toMap(tables.stateOfZip);
    this.intersectionWords = new Set(tables.joins);
    this.countryNames = new Set(tables.country);
    this.ones = toMap(tables.ones);
    this.tens = toMap(tables.tens);
    this.zeros = new Set(tables.zeros);
    this.ordinals = toMap(tables.ordinals);
    this.foldedWord = toMap(tables.fold);
    this.fullWord = toMap(tables.full);
    this.leadInWords = new Set(tables.before);
    this.connectingWords = new Set(tables.between);
    this.nearbyWords = new Set(tables.aside);
    this.parcelWords = new Set(tables.lot);
    this.roadClasses = new Set(tables.roads);
    this.roadQualifiers = toMap(tables.roadQualifiers);
    this.roadKinds = toMap(tables.roadKinds);
    this.roadShortForms = toMap(tables.roadShortForms);
    this.stateAbbreviations = new Set(Object.values(tables.state));
    this.titlesBefore = new Set(tables.titlesBefore);
    this.titlesAfter = new Set(tables.titlesAfter);
    this.zipWords = new Set(tables.zipWords);
    this.gluedBlock = new RegExp(`\\b([0-9]{1,6})(${[...tables.block].sort().join("|")})\\b`, "g");
    this.numberAndLoneUnit = new RegExp(`^([0-9]{1,6})-?(${Object.keys(tables.loneUnit).sort().join("|")})$`);
    this.blockWords = new Set(tables.block);
    this.joinedNumbers = new RegExp(`^([0-9]{1,6}) ?(?:${tables.more.join("|")}) ?([0-9]{1,6})(?= [^,])(.*)$`);
    this.intersectionPrefix = new RegExp(`(?:${tables.corner.join("|")})\\s+`);
  }

  /** Folds a street's name into the form used for look-ups. @param {readonly string[]} words */
  foldWords(words) {
    /** @type {string[]} */
    const folded = [];
    for (const word of words) {
      const tens = this.tens.get(folded.at(-1) ?? "");
      const ones = this.ordinals.get(word) ?? 0;
      if (tens && ones > 0 && ones < 10) folded[folded.length - 1] = formatOrdinal(tens + ones);
      else folded.push(this.foldedWord.get(word) ?? word);
    }
    return folded.join(" ");
  }

  /** Expands a folded name to full words, without spaces. @param {string} name */
  expandName(name) {
    return this.expandWords(name).join("");
  }

  /** Expands each word of a folded name. @param {string} name */
  expandWords(name) {
    return name.split(" ").map((word) => this.fullWord.get(word) ?? word);
  }

  /** Returns the forms of a street's name that fuzzy search compares. @param {string} name @param {string} suffix @returns {[string, string, string, string]} */
  fuzzyForms(name, suffix) {
    const parts = name.split(" ");
    const fullName = this.expandName(name);
    const nameWithoutAnd = parts.includes("AND") ? this.expandName(parts.filter((part) => part !== "AND").join(" ")) : "";
    if (!suffix || fullName.length <= SHORT_NAME_LENGTH) return [fullName, "", "", nameWithoutAnd];
    return [fullName, fullName + (this.fullSuffix.get(suffix) ?? suffix), fullName + suffix, nameWithoutAnd];
  }

  /** Returns whether words begin, in order, with the typed ones. @param {readonly string[]} known @param {readonly string[]} typed */
  hasWordPrefix(known, typed) {
    if (typed.length > known.length) return false;
    return typed.every((part, i) => (known[i] ?? "").startsWith(part) || this.foldWords([known[i] ?? ""]) === this.foldWords([part]));
  }
}

/** Formats an ordinal in digits, as in street names: 66TH. @param {number} number */
export function formatOrdinal(number) {
  const last = number % 10;
  const teens = number % 100 >= 10 && number % 100 <= 20;
  return `${number}${teens ? "TH" : ({ 1: "ST", 2: "ND", 3: "RD" })[last] ?? "TH"}`;
}
