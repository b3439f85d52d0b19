import assert from "node:assert/strict";
import { test } from "node:test";
import { paperView } from "../src/print/paper-view.js";
import { toSquare, worldSizePx } from "../src/tiles/projection.js";

/** A view of the screen around a place. @param {number} width @param {number} height @param {number} zoom */
function screenView(width, height, zoom) {
  const [x, y] = toSquare(-90.3068, 38.6987);
  return { zoom, left: x * worldSizePx(zoom) - width / 2, top: y * worldSizePx(zoom) - height / 2, width, height, padding: 200, pixelRatio: 2, coveredBoxes: [{ left: 0, top: 0, right: 9, bottom: 9 }] };
}

/** Returns the edges of a view on the unit square. @param {import("../src/render/protocol.js").View} view */
const edges = ({ zoom, left, top, width, height }) => [left, top, left + width, top + height].map((edge) => (edge / worldSizePx(zoom)).toFixed(9));

for (const [width, height] of [[1040, 780], [1520, 940], [390, 470], [820, 660], [2560, 900]]) {
  test(`paper shows all of a screen of ${width} by ${height}, and no more`, () => {
    const screen = screenView(width ?? 0, height ?? 0, 17.5);

    const view = paperView(screen);

    assert.deepEqual(edges(view), edges(screen));
    assert.ok(view.width >= 640 && view.width <= 1_000);
  });
}

test("paper keeps the details of the screen, has no padding, and is crisp", () => {
  const view = paperView(screenView(2_000, 1_200, 16));

  assert.deepEqual([view.detailZoom, view.zoom, view.padding, view.coveredBoxes], [16, 15, 0, []]);
  assert.ok((view.pixelRatio * view.width) / 7.5 >= 300); // dots on each of 7.5 inches
});
