import assert from "node:assert/strict";
import { test } from "node:test";
import decodeQR from "qr/decode.js";
import { qrCodePath } from "../src/print/qr-code.js";

const SCALE = 4; // pixels of a module

/** Draws path data of the form that the module writes, as a picture for a scanner. @param {string} pathData @param {number} size */
function drawPath(pathData, size) {
  const side = size * SCALE;
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (const [, x, y, length] of pathData.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row += 1) data.fill(0, 4 * (row * side + Number(x) * SCALE), 4 * (row * side + (Number(x) + Number(length)) * SCALE));
  }
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  return { width: side, height: side, data };
}

for (const url of ["http://127.0.0.1:8000/map/coverage", "https://trees.example.org/map/maintenance?town=bel-ridge&need=remove&need=prune&species=Quercus+rubra&at=17.5/38.698700/-90.306800&pick=sites/01-00001"]) {
  test(`a scanner reads the address back: ${url.length} characters`, () => {
    const { pathData, size } = qrCodePath(url);

    assert.equal(decodeQR(drawPath(pathData, size)), url);
  });
}

test("the code has the white border that scanners need", () => {
  const { pathData, size } = qrCodePath("https://trees.example.org/");

  const dark = [...pathData.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, y, length]) => [Number(x), Number(y), Number(x) + Number(length)]);
  assert.ok(dark.every(([x = 0, y = 0, end = 0]) => x >= 4 && y >= 4 && y < size - 4 && end <= size - 4));
});
