// The ways from a card to a place: the maps app of a phone or tablet, the coordinates and a link on a desk.
import { createElement } from "../ui/dom-elements.js";
import { gettext } from "../ui/gettext.js";

const COORDINATE_DIGITS = 6; // decimals of a degree: about 10 cm
const LINK_ZOOM = 19;

/** Returns the buttons of a card that lead to a place, and the line that reports on them. @param {number} lat @param {number} lon @param {string} placeName @returns {{buttons: HTMLElement[], status: HTMLElement}} */
export function directionsParts(lat, lon, placeName) {
  const status = createElement("p", { class: "muted", role: "status" });
  const [latText, lonText] = [lat.toFixed(COORDINATE_DIGITS), lon.toFixed(COORDINATE_DIGITS)];
  // Links to a maps app do nothing on a desk.
  if (matchMedia("(pointer: fine)").matches) return { buttons: [copyButton(`${latText}, ${lonText}`, status), openStreetMapLink(latText, lonText)], status };
  return { buttons: [mapsAppLink(`${latText},${lonText}`, placeName)], status };
}

/** Returns a link that opens the device's own maps app, which also works offline. @param {string} latLon @param {string} placeName */
function mapsAppLink(latLon, placeName) {
  const isApple = /iPad|iPhone|Macintosh/.test(navigator.userAgent);
  return createElement("a", { class: "button secondary", href: isApple ? `maps:?daddr=${latLon}` : `geo:${latLon}?q=${latLon}(${encodeURIComponent(placeName)})` }, gettext("Directions"));
}

/** Returns a link to the place on OpenStreetMap. That site is asked only by a click. @param {string} lat @param {string} lon */
function openStreetMapLink(lat, lon) {
  const href = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=${LINK_ZOOM}/${lat}/${lon}`;
  return createElement("a", { class: "button secondary needs-network", href, target: "_blank", rel: "noreferrer noopener" }, gettext("OpenStreetMap"));
}

/** @param {string} coordinates @param {HTMLElement} status */
function copyButton(coordinates, status) {
  const button = createElement("button", { type: "button", class: "button secondary" }, gettext("Copy coordinates"));
  button.addEventListener("click", async () => {
    const isCopied = await writeClipboard(coordinates);
    status.textContent = isCopied ? gettext("Copied: %(coordinates)s", { coordinates }) : gettext("Copy these coordinates: %(coordinates)s", { coordinates });
  });
  return button;
}

/** Puts a text onto the clipboard. Returns whether that worked: pages without https may not. @param {string} text */
async function writeClipboard(text) {
  if (!navigator.clipboard) return false;
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}
