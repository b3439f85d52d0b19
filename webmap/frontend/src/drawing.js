// What stands on the map: one set of Leaflet paths for each layer, changed only where features changed.
import * as L from "leaflet";
import { Area, Line, Spot, drawMark, drawText, hatch } from "./canvas.js";
import { codeOf, colour, figure } from "./figures.js";
import { placeNames, spaced } from "./names.js";

/** @typedef {import("./told.js").Feature} Feature */

const PANES = { ground: 410, lines: 420, borders: 430, names: 440, marks: 450 };

/** Everything drawn on one map. */
export class Drawing {
  /** @param {L.Map} map @param {import("./told.js").Told} told */
  constructor(map, told) {
    this.map = map;
    this.told = told;
    this.hatch = hatch();
    this.ink = inks();
    /** @type {string | null} */
    this.picked = null;
    this.measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    /** @type {Record<string, L.Renderer>} */
    this.on = {};
    for (const [name, height] of Object.entries(PANES)) {
      map.createPane(name).style.zIndex = String(height);
      this.on[name] = L.canvas({ pane: name, padding: 0.15 });
    }
    /** @type {Map<string, L.LayerGroup>} */
    this.groups = new Map();
    /** @type {Map<string, Map<string, any>>} */
    this.held = new Map();
    this.spot = L.layerGroup().addTo(map);
  }

  /**
   * Show exactly these features of a layer.
   * @param {string} key
   * @param {Feature[]} features
   * @param {(feature: Feature) => L.Layer | null} make
   * @param {boolean} ordered whether the last is to lie on top, whatever came before
   */
  show(key, features, make, ordered = false) {
    const group = this.groups.get(key) ?? L.layerGroup().addTo(this.map);
    this.groups.set(key, group);
    const before = this.held.get(key) ?? new Map();
    const now = new Map();
    for (const feature of features) {
      const known = before.get(feature.id);
      const layer = known && known.feature === feature ? known : make(feature);
      if (!layer) continue;
      layer.feature = feature;
      now.set(feature.id, layer);
      if (layer !== known) group.addLayer(layer);
    }
    for (const [id, layer] of before) if (now.get(id) !== layer) group.removeLayer(layer);
    if (ordered) for (const layer of now.values()) group.removeLayer(layer).addLayer(layer);
    this.held.set(key, now);
  }

  /** Paint all anew: the theme or what is picked has changed. */
  repaint() {
    this.ink = inks();
    for (const group of this.groups.values()) group.eachLayer((layer) => /** @type {any} */ (layer).redraw?.());
  }

  /** @param {Feature[]} towns @param {boolean} near */
  towns(towns, near) {
    this.show("towns", near ? [] : towns, (town) => this.area(town, "ground", () => ({
      ...this.fill(town),
      fillOpacity: 1,
      stroke: false,
    })));
    this.show("borders", towns, (town) => this.area(town, "borders", () => ({
      fill: false,
      color: this.ink.label,
      weight: near ? 2.5 : 1.6,
      opacity: near ? 0.75 : 0.9,
      dashArray: near ? "10 6" : null,
    })));
  }

  /** @param {Feature[]} parcels @param {boolean} filled whether their canopy is what the map is about */
  parcels(parcels, filled) {
    this.show("parcels", parcels, (parcel) => this.area(parcel, "ground", () => {
      const picked = this.picked === `parcels/${parcel.id}`;
      const outline = { color: picked ? this.ink.pick : this.ink.lot, weight: picked ? 4 : 0.8, opacity: 1 };
      return filled ? { ...outline, ...this.fill(parcel), fillOpacity: 1 } : { ...outline, fill: picked, fillColor: this.ink.pick, fillOpacity: 0.15 };
    }));
    this.show("numbers", this.houseNumbers(parcels), (number) => this.number(number));
  }

  /** Draw streets and their names, clear of the marks that are drawn. @param {Feature[]} streets */
  streets(streets) {
    this.show("streets", streets, (street) => new Line(lines(street).map(latlngs), {
      ...this.quiet("lines"),
      paint: () => ({ color: this.ink.street, weight: widthOf(this.map.getZoom()), lineCap: "round" }),
    }));
    this.show("street-names", this.streetNames(streets), (name) => this.name(name));
  }

  /** @param {Feature[]} features the most urgent first: it lies on top */
  marks(features) {
    const marks = new Map(this.told.marks.map((mark) => [mark.code, mark]));
    const by = /** @type {string} */ (this.told.markBy);
    const make = (/** @type {Feature} */ feature) => {
      const place = placeOf(feature);
      const mark = marks.get(codeOf(by, feature.properties, this.told.today)) ?? marks.get("unknown");
      if (!place || !mark) return null;
      const key = `${this.told.layer}/${feature.id}`;
      return new Spot(place, {
        ...this.quiet("marks"),
        radius: 18,
        draw: (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ x, /** @type {number} */ y) => {
          if (this.picked === key) ring(context, x, y, this.ink.pick);
          drawMark(context, x, y, mark, sizeOf(this.map.getZoom()));
        },
      });
    };
    this.show("marks", features.toReversed(), make, true);
  }

  /**
   * Find the mark nearest to a place on the screen, within a finger's reach.
   * @param {L.Point} point
   * @param {number} reach in pixels
   * @returns {Feature | null}
   */
  markAt(point, reach) {
    let best = null;
    let least = reach;
    for (const layer of this.held.get("marks")?.values() ?? []) {
      const away = this.map.latLngToContainerPoint(layer.getLatLng()).distanceTo(point);
      if (away <= least) [best, least] = [layer.feature, away];
    }
    return best;
  }

  /** @param {string | null} key @param {L.LatLngExpression | null} place */
  pick(key, place) {
    this.picked = key;
    this.spot.clearLayers();
    if (place && !key?.startsWith(this.told.layer + "/")) this.spot.addLayer(this.pin(place));
    for (const name of ["parcels", "marks"]) this.groups.get(name)?.eachLayer((layer) => /** @type {any} */ (layer).redraw());
  }

  /** @param {Feature} feature */
  fill(feature) {
    const chosen = colour(this.told.scale, figure(this.told.scale, feature.properties));
    return { fill: true, fillColor: /** @type {any} */ (chosen ?? this.hatch) };
  }

  /** @param {Feature} feature @param {string} pane @param {() => object} paint */
  area(feature, pane, paint) {
    if (!feature.geometry) return null;
    return new Area(polygons(feature.geometry), { ...this.quiet(pane), paint });
  }

  /** @param {string} pane */
  quiet(pane) {
    return { pane, renderer: this.on[pane], interactive: false, smoothFactor: 0.6 };
  }

  /**
   * Place the house numbers that have room at this zoom, as features of their own.
   * @param {Feature[]} parcels
   * @returns {Feature[]}
   */
  houseNumbers(parcels) {
    if (this.map.getZoom() < 18) return [];
    this.measure.font = this.ink.plain;
    const labels = parcels.flatMap((parcel) => {
      const text = /^\d+[^ ]*/.exec(parcel.properties["address"] ?? "")?.[0];
      if (!text || !parcel.geometry) return [];
      const place = L.latLngBounds(polygons(parcel.geometry).flat(2)).getCenter();
      const { x, y } = this.map.latLngToContainerPoint(place);
      return [{ id: parcel.id, text, place, x, y, width: this.measure.measureText(text).width }];
    });
    return spaced(labels, 20).map(({ id, text, place, width }) => ({
      type: "Feature",
      id: `${id}@${this.map.getZoom()}`,
      geometry: /** @type {any} */ (place),
      properties: { text, width, angle: 0 },
    }));
  }

  /** @param {Feature} number */
  number(number) {
    const { text, width } = number.properties;
    return this.written(/** @type {any} */ (number.geometry), width / 2 + 4, (context, x, y) => drawText(context, x, y, text, { ...this.ink.text, font: this.ink.plain }));
  }

  /** @param {Feature} name */
  name(name) {
    const { text, angle, width } = name.properties;
    return this.written(name.geometry, width / 2 + 8, (context, x, y) => drawText(context, x, y, text, { ...this.ink.text, font: this.ink.plain, angle }));
  }

  /** @param {L.LatLngExpression} place @param {number} radius @param {(context: CanvasRenderingContext2D, x: number, y: number) => void} draw */
  written(place, radius, draw) {
    return new Spot(place, { ...this.quiet("names"), radius, draw });
  }

  /** @param {L.LatLngExpression} place */
  pin(place) {
    return new Spot(place, {
      ...this.quiet("marks"),
      radius: 16,
      draw: (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ x, /** @type {number} */ y) => ring(context, x, y, this.ink.pick),
    });
  }

  /**
   * Place the streets' names for this zoom, as features of their own.
   * @param {Feature[]} streets
   * @returns {Feature[]}
   */
  streetNames(streets) {
    if (this.map.getZoom() < 16) return [];
    this.measure.font = this.ink.plain;
    const put = (/** @type {number[]} */ [lon, lat]) => this.map.latLngToContainerPoint([/** @type {number} */ (lat), /** @type {number} */ (lon)]);
    const drawn = streets.flatMap((street) => lines(street).map((line) => ({ name: street.properties["name"] ?? "", points: line.map(put) })));
    const size = this.map.getSize();
    const seen = drawn.map((line) => ({ ...line, points: clipped(line.points, size) }));
    const marks = [...(this.held.get("marks")?.values() ?? [])].map((mark) => this.map.latLngToContainerPoint(mark.getLatLng()));
    return placeNames(seen, (text) => this.measure.measureText(text).width, marks).map((placed) => ({
      type: "Feature",
      id: `${placed.name}@${Math.round(placed.x)},${Math.round(placed.y)},${this.map.getZoom()}`,
      geometry: this.map.containerPointToLatLng([placed.x, placed.y]),
      properties: { text: placed.name, angle: placed.angle, width: placed.width },
    }));
  }
}

/** Where a feature stands: its own point, or the place at which the join shows it. @param {Feature} feature @returns {L.LatLngTuple | null} */
export function placeOf(feature) {
  const { geometry, properties } = feature;
  const point = geometry?.type === "MultiPoint" ? geometry.coordinates[0] : geometry?.type === "Point" ? geometry.coordinates : null;
  if (point) return [point[1], point[0]];
  const { lon, lat } = properties;
  return lon === null || lon === undefined || lat === null || lat === undefined ? null : [lat, lon];
}

/** Tell bounds as a box in degrees. @param {L.LatLngBounds} seen */
export function boxOf(seen) {
  return { west: seen.getWest(), south: seen.getSouth(), east: seen.getEast(), north: seen.getNorth() };
}

/** @param {any} geometry @returns {L.LatLngTuple[][][]} */
export function polygons(geometry) {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return parts.map((/** @type {number[][][]} */ rings) => rings.map(latlngs));
}

/** @param {number[][]} line @returns {L.LatLngTuple[]} */
function latlngs(line) {
  return line.map(([lon, lat]) => /** @type {L.LatLngTuple} */ ([lat, lon]));
}

/** @param {Feature} feature @returns {number[][][]} */
function lines(feature) {
  const { geometry } = feature;
  if (!geometry) return [];
  return geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
}

/** Keep the part of a line that can be seen. @param {L.Point[]} points @param {L.Point} size */
function clipped(points, size) {
  const seen = L.bounds([30, 30], [size.x - 30, size.y - 30]);
  const kept = [];
  for (let at = 1; at < points.length; at += 1) {
    const [from, to] = [points[at - 1], points[at]];
    const piece = from && to && L.LineUtil.clipSegment(from, to, seen, false, false);
    if (piece) kept.push(.../** @type {[L.Point, L.Point]} */ (piece));
  }
  return kept;
}

/** How large marks are: smaller where many are in view. @param {number} zoom */
function sizeOf(zoom) {
  return Math.min(1, Math.max(0.5, 0.5 + 0.16 * (zoom - 15)));
}

/** @param {number} zoom */
function widthOf(zoom) {
  return Math.min(26, Math.max(2, 2.4 * 1.75 ** (zoom - 15)));
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} colour_ */
function ring(context, x, y, colour_) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#ffffff", 7], [colour_, 4]])) {
    context.beginPath();
    context.arc(x, y, 15, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** Read the colours of the theme that holds now. */
function inks() {
  const style = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    street: of("--map-street"),
    lot: of("--map-lot"),
    label: of("--map-label"),
    pick: of("--focus"),
    plain: `400 16px ${of("--type")}`,
    text: { ink: of("--map-label"), halo: of("--map-halo") },
  };
}
