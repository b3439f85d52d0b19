import assert from "node:assert/strict";
import { test } from "node:test";
import { Painter, tileZoom } from "../src/render/painter.js";
import { projectTown, tileToSquare } from "../src/tiles/projection.js";
import { FrameBudget } from "../src/ui/frame-budget.js";
import { CanvasMaker, RecordingContext, RecordingPattern } from "../test-support/recording-canvas.js";
import { MAP_STYLE, TILE, boxFeature, boxGeometry, lineFeature, loadedTile, mapConfig, viewOfTown } from "../test-support/small-map.js";

/** Paints a scene and returns the context that recorded it. @param {Record<string, any>} parts */
async function paint(parts, budget = new FrameBudget()) {
  const scene = /** @type {any} */ ({
    frame: viewOfTown(), pixelRatio: 1, mapStyle: MAP_STYLE, towns: [], townFilter: null, filledLayer: null, groundTiles: [], hexbinTiles: [], points: [], countsByMark: {},
    numberedCount: 0, showHouseNumbers: false, hiddenLayers: new Set(), matchesFilter: () => true, selection: { key: null, position: null }, coveredBoxes: [], ...parts,
  });
  const context = new RecordingContext();
  const maker = new CanvasMaker();
  await new Painter(mapConfig(), maker.createCanvas, budget).paintScene(/** @type {any} */ (context), scene);
  return context;
}

/** A tree's mark. @param {string} code @param {number} x in pixels @param {number} y in pixels */
const markAt = (code, x, y) => ({ feature: { id: `${code}-${x}`, properties: {} }, code, rank: 0, position: tileToSquare(TILE, 8 * x, 8 * y) });

/** A town that is a box. @param {string} name @param {number} west in pixels @param {number} east in pixels @param {number | null} canopy */
const townBetween = (name, west, east, canopy) => projectTown({ name, valueText: canopy === null ? null : `${canopy}%`, properties: { canopy_pct: canopy }, areas: [boxGeometry(8 * west, 0, 8 * east, 3_200).coordinates], labelPoint: null });

/** Returns where each mark was drawn, as its center in pixels. @param {RecordingContext} context */
const markCenters = (context) => context.callsOf("drawImage").map(({ args: [, x, y, size] }) => [x + size / 2, y + size / 2]);

const GROUND = loadedTile({ parcels: [] });

test("a picture begins on an empty canvas, at the screen's resolution", async () => {
  const context = await paint({ pixelRatio: 2 });

  const [first] = context.calls;
  assert.deepEqual([first?.name, first?.args, first?.scaleX], ["clearRect", [0, 0, 500, 400], 2]);
});

test("towns are filled by their value, and one without a value is hatched", async () => {
  const context = await paint({ filledLayer: "towns", towns: [townBetween("Bel-Nor", 0, 100, 25), townBetween("Normandy", 100, 200, 0), townBetween("Pagedale", 200, 300, null)] });

  const [belNor, normandy, pagedale] = context.callsOf("fill").map(({ fillStyle }) => fillStyle);
  assert.deepEqual([belNor, normandy], ["high", "low"]);
  assert.ok(pagedale instanceof RecordingPattern);
});

test("towns outside the chosen one fade", async () => {
  const context = await paint({ filledLayer: "towns", townFilter: "Normandy", towns: [townBetween("Bel-Nor", 0, 100, 25), townBetween("Normandy", 100, 200, 5)] });

  assert.deepEqual(context.callsOf("fill").map(({ globalAlpha }) => globalAlpha), [0.3, 1]);
});

test("hidden towns have neither a fill nor a border nor a name", async () => {
  const context = await paint({ filledLayer: "towns", hiddenLayers: new Set(["towns"]), towns: [{ ...townBetween("Bel-Nor", 0, 200, 25), labelPoint: tileToSquare(TILE, 800, 800) }] });

  assert.deepEqual(context.calls.map(({ name }) => name), ["clearRect"]);
});

test("a far view names each town with its value, in the words of the page", async () => {
  const labelPoint = tileToSquare(TILE, 800, 800);

  assert.deepEqual((await paint({ filledLayer: "towns", towns: [{ ...townBetween("Bel-Nor", 0, 200, 12), labelPoint }] })).texts(), ["Bel-Nor", "12%"]);
  assert.deepEqual((await paint({ filledLayer: "towns", towns: [{ ...townBetween("Bel-Nor", 0, 200, null), labelPoint }] })).texts(), ["Bel-Nor"]);
});

test("lots that match the filter are filled, all have an outline", async () => {
  const lots = [boxFeature(1, 0, 0, 80, 80), boxFeature(2, 80, 0, 160, 80), boxFeature(3, 160, 0, 240, 80)];
  const tile = loadedTile({ parcels: lots }, [[1, "L-1", { canopy_pct: 25 }], [2, "L-2", { canopy_pct: 5, vacant: true }]]);

  const context = await paint({ groundTiles: [tile], filledLayer: "parcels", matchesFilter: (/** @type {any} */ { vacant }) => !vacant });

  assert.deepEqual(context.callsOf("fill").map(({ fillStyle }) => fillStyle), ["high"]);
  assert.equal(context.callsOf("stroke").filter(({ strokeStyle }) => strokeStyle === "parcel").length, 3);
});

test("lots under a map of trees have outlines without a fill", async () => {
  const context = await paint({ groundTiles: [loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80)] }, [[1, "L-1", { canopy_pct: 25 }]])] });

  assert.deepEqual([context.callsOf("fill").length, context.callsOf("stroke").length], [0, 1]);
});

test("a tile is drawn in its place and clipped to its edges, unless its shapes reach beyond them", async () => {
  const parts = { frame: viewOfTown({ left: viewOfTown().left - 100 }) };
  const lot = { parcels: [boxFeature(1, 0, 0, 80, 80)] };

  const clipped = await paint({ ...parts, groundTiles: [loadedTile(lot)] });
  const unclipped = await paint({ ...parts, groundTiles: [loadedTile(lot, null, { isUnclipped: true })] });

  assert.deepEqual(clipped.callsOf("rect")[0]?.args, [100, 0, 512, 512]);
  const [outline] = clipped.callsOf("stroke");
  assert.deepEqual([outline?.originX, outline?.scaleX, outline?.lineWidth], [100, 1 / 8, 0.8 * 8]);
  assert.ok(clipped.callsOf("clip").length > 0);
  assert.equal(unclipped.callsOf("clip").length, 0);
});

test("the selected lot and those with open inspections stand out over their neighbors", async () => {
  const tile = loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80), boxFeature(2, 80, 0, 160, 80)] }, [[1, "L-1", { inspections_open: 2 }], [2, "L-2", { inspections_open: 0 }]]);

  const context = await paint({ groundTiles: [tile], filledLayer: "parcels", selection: { key: "parcels/L-2", position: null } });

  const strokes = context.callsOf("stroke").map(({ strokeStyle, lineWidth }) => [strokeStyle, lineWidth / 8]);
  assert.deepEqual(strokes.slice(2), [["#ffffff", 4.4], ["#b23a0e", 2.4], ["selection", 4]]);
});

test("streets are drawn wider on closer views, and not at all where they are hidden", async () => {
  const widthAt = async (/** @type {number} */ zoom, hiddenLayers = new Set()) => {
    const context = await paint({ frame: viewOfTown({ zoom }), hiddenLayers, groundTiles: [loadedTile({ streets: [lineFeature(1, [0, 80, 800, 80])] })] });
    return context.callsOf("stroke").map(({ lineWidth, scaleX }) => Math.round(10 * lineWidth * scaleX) / 10);
  };

  assert.deepEqual([await widthAt(15), await widthAt(17), await widthAt(21)], [[2.4], [7.4], [26]]);
  assert.deepEqual(await widthAt(17, new Set(["streets"])), []);
});

test("a border of a town that merged is not drawn anymore", async () => {
  const borders = [lineFeature(1, [0, 0, 80, 0], { valid_to: "2017-05-31" }), lineFeature(2, [0, 80, 80, 80], { valid_to: "" })];

  const context = await paint({ groundTiles: [loadedTile({ limits: borders })] });

  assert.equal(context.callsOf("stroke").filter(({ strokeStyle }) => strokeStyle === "label").length, 1);
});

test("hexagons are painted twice where towns are known: faded, then in full inside the towns", async () => {
  const hexbinTiles = [loadedTile({ blocks: [boxFeature(1, 0, 0, 80, 80, { canopy_pct: 12 })] })];
  const fillsOf = (/** @type {RecordingContext} */ context) => context.callsOf("fill").map(({ fillStyle, globalAlpha }) => [fillStyle, globalAlpha]);

  assert.deepEqual(fillsOf(await paint({ hexbinTiles, towns: [townBetween("Bel-Nor", 0, 100, 25)] })), [["middle", 0.3], ["middle", 1]]);
  assert.deepEqual(fillsOf(await paint({ hexbinTiles })), [["middle", 1]]);
});

test("urgent marks are drawn last, so that they lie on top", async () => {
  const context = await paint({ groundTiles: [GROUND], points: [markAt("remove", 10, 10), markAt("prune", 100, 10), markAt("none", 200, 10)] });

  assert.deepEqual(markCenters(context).map(([x]) => Math.floor(x ?? 0)), [200, 100, 10]);
});

test("marks are smaller on farther views, and the most urgent least so", async () => {
  const sizesAt = async (/** @type {number} */ zoom) => {
    const frame = viewOfTown({ zoom });
    const context = await paint({ frame, groundTiles: [GROUND], points: [markAt("remove", 10, 10), markAt("prune", 20, 10), markAt("none", 30, 10)] });
    return context.callsOf("drawImage").map(({ args: [, , , size] }) => size).reverse();
  };

  assert.deepEqual(await sizesAt(19), [34, 34, 34]);
  assert.deepEqual(await sizesAt(16), [23, 17, 13]);
});

test("a code without a mark of its own is drawn as unknown", async () => {
  const context = await paint({ groundTiles: [GROUND], points: [markAt("fell", 50, 60)] });

  assert.deepEqual(markCenters(context), [[50, 60]]);
});

test("a map of many marks draws each kind of mark once and copies it", async () => {
  const maker = new CanvasMaker();
  const context = new RecordingContext();
  const points = Array.from({ length: 90 }, (_, index) => markAt(index % 2 ? "prune" : "none", index, 10));
  const scene = /** @type {any} */ ({ frame: viewOfTown(), pixelRatio: 2, mapStyle: MAP_STYLE, towns: [], groundTiles: [GROUND], hexbinTiles: [], points, numberedCount: 0, hiddenLayers: new Set(), selection: { key: null, position: null } });

  await new Painter(mapConfig(), maker.createCanvas, new FrameBudget()).paintScene(/** @type {any} */ (context), scene);

  assert.equal(context.callsOf("drawImage").length, 90);
  assert.deepEqual(maker.canvases.map(({ width, height }) => [width, height]), [[8, 8], [44, 44], [44, 44]]); // the hatch and two marks
});

test("a work sheet numbers its first marks", async () => {
  const context = await paint({ groundTiles: [GROUND], numberedCount: 2, points: [markAt("remove", 10, 10), markAt("prune", 100, 10), markAt("prune", 200, 10)] });

  assert.deepEqual(context.texts(), ["1", "2"]);
});

test("a ring marks the selection, on top of all else", async () => {
  const context = await paint({ groundTiles: [GROUND], points: [markAt("remove", 50, 60)], selection: { key: "sites/S-1", position: tileToSquare(TILE, 400, 480) } });

  const rings = context.callsOf("arc");
  assert.deepEqual(rings.map(({ args: [x, y, radius] }) => [x, y, radius]), [[50, 60, 15], [50, 60, 15]]);
  assert.equal(context.calls.at(-1)?.strokeStyle, "selection");
});

test("in a page, painting pauses when its time is spent, and still ends", async () => {
  const budget = new FrameBudget(true);
  let pauses = 0;
  budget.yieldToPage = async () => void (pauses += 1);

  const context = await paint({ groundTiles: [GROUND], points: Array.from({ length: 85 }, (_, index) => markAt("prune", index, 10)) }, budget);

  assert.ok(pauses >= 3, `${pauses} pauses`);
  assert.equal(context.callsOf("drawImage").length, 85);
});

test("each map zoom uses the tiles of one zoom less, within the zooms that exist", () => {
  assert.deepEqual([9, 12, 15.9, 16, 20].map((zoom) => tileZoom(zoom, 10, 14)), [10, 11, 14, 14, 14]);
});

test("hexagons are painted in full only inside the chosen town", async () => {
  const hexbinTiles = [loadedTile({ blocks: [boxFeature(1, 0, 0, 80, 80, { canopy_pct: 12 })] })];
  const towns = [townBetween("Bel-Nor", 0, 100, 25), townBetween("Normandy", 100, 200, 5)];
  const clipsOf = async (/** @type {string | null} */ townFilter) => (await paint({ hexbinTiles, towns, townFilter })).callsOf("clip").flatMap(({ args: [path] }) => (path ? path.points.map((/** @type {[number, number]} */ [x]) => Math.round(x)) : []));

  assert.deepEqual([await clipsOf("Normandy"), (await clipsOf(null)).length], [[100, 200, 200, 100, 100], 10]);
});

test("a lot is drawn corner by corner and closed", async () => {
  const context = await paint({ groundTiles: [loadedTile({ parcels: [boxFeature(1, 0, 10, 80, 90)] })] });

  const [path] = context.callsOf("stroke")[0]?.args ?? [];
  assert.deepEqual([path.points, path.isClosed], [[[0, 10], [80, 10], [80, 90], [0, 90], [0, 10]], true]);
});

test("the hatch of unknown values has the same size on every zoom", async () => {
  const tile = loadedTile({ parcels: [boxFeature(1, 0, 0, 80, 80)] }, [[1, "L-1", { canopy_pct: null }]]);

  const context = await paint({ groundTiles: [tile], filledLayer: "parcels" });

  const [fill] = context.callsOf("fill");
  assert.deepEqual(fill?.fillStyle.matrix.values, [8, 0, 0, 8, 0, 0]); // in tile units, of which 8 are a pixel
});
