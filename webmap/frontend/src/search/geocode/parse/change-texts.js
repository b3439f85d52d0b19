// Texts of the changes that are made to a typed address (geo/geocode/parse/change_texts.py has the same).

import { gettext } from "../../../ui/gettext.js";

/** Says that typed words were taken for others. @param {string} typed @param {string} meaning */
export const readAsText = (typed, meaning) => gettext("Read “%(typed)s” as “%(meaning)s”.", { typed, meaning });

/** Says that an alias was taken for a street. @param {string} alias @param {string} street */
export const anotherNameText = (alias, street) => gettext("%(alias)s is another name for %(street)s.", { alias, street });

/** Says that typed words were ignored. @param {string} typed */
export const ignoredText = (typed) => gettext("Ignored “%(typed)s”.", { typed });

/** Says that a house number was moved to where it belongs. @param {string} number */
export const numberFirstText = (number) => gettext("Moved “%(typed)s” before the street.", { typed: number });

/** Says that a part of a street differs from the street on record. @param {string} typed @param {string} street */
export const otherStreetText = (typed, street) => gettext("Typed “%(typed)s”; the street on record is %(street)s.", { typed, street });

/** Says that a typed house number differs from the one on record. @param {string} typed @param {string} recorded */
export const otherNumberText = (typed, recorded) => gettext("Number %(typed)s is not on record; this is %(recorded)s.", { typed, recorded });
