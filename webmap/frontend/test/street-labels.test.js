import assert from "node:assert/strict";
import { test } from "node:test";
import { longestStraightPiece, placeStreetLabels, spreadLabels } from "../src/render/street-labels.js";

const wide = () => 60;
/** @param {string} name @param {number[][]} points */
const street = (name, points) => ({ name, points: points.map(([x, y]) => ({ x: x ?? 0, y: y ?? 0 })) });

test("a name stands on the longest straight piece, upright", () => {
  const piece = longestStraightPiece(street("", [[0, 0], [10, 0], [10, -100]]).points);

  assert.deepEqual([piece.x, piece.y, piece.length], [10, -50, 100]);
  assert.equal(Math.abs(piece.angle), Math.PI / 2);
  assert.equal(longestStraightPiece(street("", [[100, 0], [0, 0]]).points).angle, 0);
});

test("a street too short for its name stays without", () => {
  assert.deepEqual(placeStreetLabels([street("Oak", [[0, 0], [70, 0]])], wide), []);
  assert.equal(placeStreetLabels([street("Oak", [[0, 0], [73, 0]])], wide).length, 1);
});

test("a street in pieces is named once where they are close, and again where they are far", () => {
  const pieces = [0, 100, 400].map((x) => street("Oak", [[x, 0], [x + 90, 0]]));

  assert.deepEqual(placeStreetLabels(pieces, wide).map((name) => name.x), [45, 445]);
});

test("a street without a name is none", () => {
  assert.deepEqual(placeStreetLabels([street("", [[0, 0], [500, 0]])], wide), []);
});

test("a name reaches over a crossing where its street runs straight on", () => {
  const blocks = [0, 50].map((x) => street("Oak", [[x, 0], [x + 50, 0]]));
  const turned = [street("Oak", [[0, 0], [50, 0]]), street("Oak", [[50, 0], [50, 50]])];

  assert.equal(placeStreetLabels(blocks, wide).length, 1);
  assert.deepEqual(placeStreetLabels(turned, wide), []);
});

test("names of streets that cross do not cross each other", () => {
  const crossing = [street("Oak", [[0, 0], [200, 0]]), street("Elm", [[130, -70], [130, 90]])];
  const clear = [street("Oak", [[0, 0], [200, 0]]), street("Elm", [[160, -70], [160, 90]])];

  assert.deepEqual(placeStreetLabels(crossing, wide).map((name) => name.name), ["Oak"]);
  assert.deepEqual(placeStreetLabels(clear, wide).map((name) => name.name), ["Oak", "Elm"]);
});

test("a name moves along its street out from under marks, and lies over them once where they are everywhere", () => {
  const oak = [street("Oak", [[0, 0], [300, 0]])];
  const some = [[140, 4], [150, -6], [160, 5]].map(([x = 0, y = 0]) => ({ x, y }));
  const everywhere = Array.from({ length: 30 }, (_, n) => ({ x: 10 * n, y: 8 }));

  const [moved] = placeStreetLabels(oak, wide, some);

  assert.ok(moved && some.every((mark) => Math.abs(mark.x - moved.x) > 30));
  assert.equal(moved?.isOverMarks, false);
  assert.deepEqual(placeStreetLabels([...oak, ...oak], wide, everywhere).map(({ name, isOverMarks }) => [name, isOverMarks]), [["Oak", true]]);
  assert.equal(placeStreetLabels(oak, wide, everywhere.map(({ x }) => ({ x, y: 30 }))).length, 1);
});

test("of labels that would touch, the first stays", () => {
  const labels = [{ x: 0, y: 0, width: 36 }, { x: 32, y: 4, width: 36 }, { x: 64, y: 8, width: 36 }, { x: 32, y: 30, width: 36 }];

  assert.deepEqual(spreadLabels(labels, 20), [labels[0], labels[2], labels[3]]);
});
