// The note that mail names another place than the town of a lot.

import { gettext } from "../ui/gettext.js";

/** Returns the note; null if mail names the town, or one of the two is unknown. `fold` gives a name's form for comparing. @param {string | null | undefined} postalCity @param {string | null | undefined} town @param {(name: string) => string} [fold] */
export function postalCityNote(postalCity, town, fold = foldTownName) {
  if (!postalCity || !town || fold(postalCity) === fold(town)) return null;
  return gettext("Mail says %(postal_city)s; the lot is in %(town)s.", { postal_city: postalCity, town });
}

/** @param {string} name */
const foldTownName = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").replace(/\bsaint\b/g, "st").trim();
