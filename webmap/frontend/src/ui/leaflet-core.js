// The parts of Leaflet that every map needs. The build uses this file as `leaflet`, which halves the size.
// Imports without names add handlers and zoom buttons to the map; `lazy-parts.js` has further parts.
import { zoom } from "leaflet/src/control/Control.Zoom.js";
import "leaflet/src/map/handler/Map.BoxZoom.js";
import "leaflet/src/map/handler/Map.DoubleClickZoom.js";
import "leaflet/src/map/handler/Map.Drag.js";
import "leaflet/src/map/handler/Map.Keyboard.js";
import "leaflet/src/map/handler/Map.ScrollWheelZoom.js";
import "leaflet/src/map/handler/Map.TouchZoom.js";
import { scale } from "leaflet/src/control/Control.Scale.js";
import * as DomEvent from "leaflet/src/dom/DomEvent.js";
import * as DomUtil from "leaflet/src/dom/DomUtil.js";

export { Control } from "leaflet/src/control/Control.js";
export { setOptions } from "leaflet/src/core/Util.js";
export { toPoint as point } from "leaflet/src/geometry/Point.js";
export { Layer } from "leaflet/src/layer/Layer.js";
export { createMap as map } from "leaflet/src/map/Map.js";
export const control = { scale, zoom };
export { DomEvent, DomUtil };
