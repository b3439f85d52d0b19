// The kinds of districts as text: police, court hub, and any other word that a town uses.

import { gettext, gettext_noop } from "../ui/gettext.js";

/** @type {ReadonlyMap<string, string>} */
const LABEL_OF_KIND = new Map([["police", gettext_noop("Police")], ["court", gettext_noop("Court hub")], ["inspection", gettext_noop("Inspecting agency")], ["ward", gettext_noop("Ward")]]);

/** Returns the kind of a district by its id, which begins with the kind: police/normandy-police. @param {string} id */
export function districtLabel(id) {
  const kind = id.split("/")[0] ?? "";
  const label = LABEL_OF_KIND.get(kind);
  return label ? gettext(label) : kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("-", " ");
}
