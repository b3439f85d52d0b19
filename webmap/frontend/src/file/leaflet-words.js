// Puts Leaflet's own words into the page's language: the names of its buttons, and the units of its scale.
import { gettext } from "../ui/gettext.js";
import { extendMethod, translateScale } from "../ui/map-scale.js";

/** Translates the controls, markers and popups of all maps that are made later. @param {any} leaflet the namespace `L` */
export function translateLeaflet(leaflet) {
  const { Control, Marker, Popup } = leaflet;
  Object.assign(Control.Zoom.prototype.options, { zoomInTitle: gettext("Zoom in"), zoomOutTitle: gettext("Zoom out") });
  Marker.prototype.options.alt = gettext("Marker");
  extendMethod(Popup.prototype, "_initLayout", (popup) => popup._closeButton?.setAttribute("aria-label", gettext("Close")));
  extendMethod(Control.Layers.prototype, "_initLayout", (control) => (control._layersLink.title = gettext("Layers")));
  translateScale(Control.Scale.prototype);
}
