// The map's scale bar in the page's language, with the units first that come first on the page.
import { formatNumber, gettext, gettext_noop, usesFeet } from "./gettext.js";

// The texts of lengths, by Leaflet's own units.
const LENGTH_TEXTS = /** @type {Record<string, string>} */ ({ ft: gettext_noop("%(number)s ft"), mi: gettext_noop("%(number)s mi"), m: gettext_noop("%(number)s m"), km: gettext_noop("%(number)s km") });

/** Translates the scale bars of a class of Leaflet's `Control.Scale`, or of one of its objects. @param {any} scale */
export function translateScale(scale) {
  extendMethod(scale, "_addScales", putFirstUnitFirst);
  extendMethod(scale, "_updateScale", (_, bar, text) => (bar.textContent = lengthText(text)));
}

/** Has a method do something more. @param {any} target an object or a prototype @param {string} name @param {(object: any, ...options: any[]) => unknown} addition */
export function extendMethod(target, name, addition) {
  const method = target[name];
  /** @param {...any} options */
  target[name] = function addToMethod(...options) {
    method.apply(this, options);
    addition(this, ...options);
  };
}

/** Puts the bar in feet above the one in meters, where feet come first. @param {any} control @param {unknown} _options @param {string} _class @param {HTMLElement} container */
function putFirstUnitFirst(control, _options, _class, container) {
  if (usesFeet() && control._iScale && control._mScale) container.append(control._mScale);
}

/** Returns a length of Leaflet's scale, such as "300 ft", in the page's language. @param {string} text */
export function lengthText(text) {
  const [number, unit = ""] = text.split(" ");
  return gettext(LENGTH_TEXTS[unit] ?? text, { number: formatNumber(Number(number), 1) });
}
