// Names of the towns and post offices that may end an address, and their other names (geo/geocode/parse/town_names.py).

import { similarNames } from "./edit-distance.js";

/** The spelling of each town and post office by folded name, and other names in `aliases`. @extends {Map<string, string>} */
export class TownNames extends Map {
  /** @param {import("./vocabulary.js").Vocabulary} vocabulary @param {Iterable<[string, string]>} names @param {Record<string, string>} aliases the folded name of the town by folded alias */
  constructor(vocabulary, names, aliases) {
    super(names);
    this.vocabulary = vocabulary;
    this.aliases = new Map(Object.entries(aliases));
    this.joinedNames = new Map([...this.keys()].filter(Boolean).map((name) => [vocabulary.expandName(name), name]));
    /** @type {Map<string, string | null>} */
    this.similarByTyped = new Map();
  }

  /** Returns the one folded name that a misspelled name means; null for none or several. @param {string} typed @returns {string | null} */
  similarName(typed) {
    if (!typed) return null;
    const joined = this.vocabulary.expandName(typed);
    const exact = this.joinedNames.get(joined);
    if (exact !== undefined) return exact;
    const cached = this.similarByTyped.get(joined);
    if (cached !== undefined) return cached;
    const names = [...this.joinedNames.keys()];
    const hits = similarNames(joined, names);
    const nearest = hits.filter(([, edits]) => edits === hits[0]?.[1]);
    const name = nearest.length === 1 ? this.joinedNames.get(names[nearest[0]?.[0] ?? 0] ?? "") ?? null : null;
    this.similarByTyped.set(joined, name);
    return name;
  }
}

/** Returns a folded name if it is a town, a post office or an alias; null if not. @param {TownNames} townNames @param {string} name @returns {string | null} */
export const matchTown = (townNames, name) => (name && (townNames.has(name) || townNames.aliases.has(name)) ? name : null);
