import assert from "node:assert/strict";
import { test } from "node:test";
import { metersApart, paddedFrame, projectTown, squareToTile, tileToSquare, tilesCovering, toDegrees, toSquare, worldSizePx } from "../src/tiles/projection.js";
import { TILE, viewOfTown } from "../test-support/small-map.js";

test("degrees go to the square and back", () => {
  const [lon, lat] = toDegrees(...toSquare(-90.3, 38.7));

  assert.ok(Math.abs(lon + 90.3) < 1e-12 && Math.abs(lat - 38.7) < 1e-12);
  assert.ok(Math.abs(metersApart(toSquare(-90.3, 38.7), toSquare(-90.3, 38.701)) - 111.2) < 0.3);
});

test("a frame is covered by the tiles that it meets, the middle ones first", () => {
  const frame = { zoom: 3, left: 900, top: 700, width: 300, height: 200 };

  assert.deepEqual(tilesCovering(frame, 2).map(({ x, y }) => [x, y]), [[2, 1], [1, 1]]);
});

const near = (/** @type {number} */ actual, /** @type {number} */ expected, tolerance = 1e-9) => assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);

test("the square begins in the northwest, and its middle is on the equator", () => {
  const [x, y] = toSquare(0, 0);

  near(x, 0.5);
  near(y, 0.5);
  near(toSquare(-180, 85.0511287798)[1], 0, 1e-9);
  near(toSquare(180, -85.0511287798)[1], 1, 1e-9);
});

test("the world is 256 pixels wide at zoom 0 and doubles with each zoom, also between whole zooms", () => {
  assert.deepEqual([0, 1, 10].map(worldSizePx), [256, 512, 262_144]);
  near(worldSizePx(0.5), 256 * Math.SQRT2);
});

test("a meter is a meter at any latitude", () => {
  for (const lat of [0, 38.7, 60, -38.7]) {
    const latStep = 100 / 111_195;
    const lonStep = latStep / Math.cos((lat * Math.PI) / 180);
    near(metersApart(toSquare(-90, lat), toSquare(-90, lat + latStep)), 100, 0.5);
    near(metersApart(toSquare(-90, lat), toSquare(-90 + lonStep, lat)), 100, 0.5);
  }
});

test("tile units go to the square and back", () => {
  const [x, y] = squareToTile(TILE, tileToSquare(TILE, 1_000, 3_000));

  near(x, 1_000, 1e-5);
  near(y, 3_000, 1e-5);
});

test("beyond the edge of the world there are no tiles", () => {
  const coords = tilesCovering({ zoom: 2, left: -300, top: -300, width: 700, height: 700 }, 1);

  assert.deepEqual(coords, [{ z: 1, x: 0, y: 0 }]);
  assert.deepEqual(tilesCovering({ zoom: 2, left: 5_000, top: 0, width: 100, height: 100 }, 1), []);
});

test("padding widens a view on all sides", () => {
  assert.deepEqual(paddedFrame(viewOfTown({ left: 1_000, top: 2_000, padding: 90 })), { zoom: 17, left: 910, top: 1_910, width: 680, height: 580 });
});

test("a town goes to the square with its holes and its label, or without a label", () => {
  const ring = [[-90.3, 38.7], [-90.2, 38.7], [-90.2, 38.8], [-90.3, 38.7]];
  const town = projectTown({ name: "Bel-Nor", valueText: null, properties: { slug: "bel-nor" }, areas: [[ring, ring]], labelPoint: [-90.25, 38.72] });

  assert.deepEqual([town.name, town.areas[0]?.length, town.areas[0]?.[1]?.[0], town.labelPoint], ["Bel-Nor", 2, toSquare(-90.3, 38.7), toSquare(-90.25, 38.72)]);
  assert.equal(projectTown({ name: "", valueText: null, properties: {}, areas: [], labelPoint: null }).labelPoint, null);
});

test("the last tile of the world is at its southeast corner", () => {
  assert.deepEqual(tilesCovering({ zoom: 2, left: 900, top: 900, width: 500, height: 500 }, 1), [{ z: 1, x: 1, y: 1 }]);
});
