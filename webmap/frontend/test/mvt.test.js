import assert from "node:assert/strict";
import { test } from "node:test";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader, PbfWriter } from "pbf";
import { readTile } from "../src/tiles/mvt.js";

/** Read a tile as the format's own library does. @param {ArrayBuffer} body */
function theirs(body) {
  const { layers } = new VectorTile(new PbfReader(new Uint8Array(body)));
  return Object.fromEntries(Object.entries(layers).map(([name, layer]) => [
    name,
    Array.from({ length: layer.length }, (_, at) => {
      const feature = layer.feature(at);
      const lines = feature.loadGeometry().map((points) => points.flatMap(({ x, y }) => [x, y]));
      return { featureNumber: feature.id ?? -1, geometryType: feature.type, lines, properties: { ...feature.properties } };
    }),
  ]));
}

const VALUES = [[1, "writeStringField", "Öak & <b>"], [2, "writeFloatField", 1.5], [3, "writeDoubleField", 12.1], [4, "writeVarintField", 7], [5, "writeVarintField", 2 ** 40], [6, "writeSVarintField", -(2 ** 33)], [7, "writeBooleanField", true]];

/** Write a tile with shapes drawn by chance. @param {() => number} chance */
function tile(chance) {
  const whole = (/** @type {number} */ most) => Math.floor(chance() * most);
  const step = (/** @type {number} */ by) => (by << 1) ^ (by >> 31);
  const pbf = new PbfWriter();
  for (const name of ["lots", "streets"].slice(0, 1 + whole(2))) {
    pbf.writeMessage(3, (/** @type {any} */ _, /** @type {any} */ layer) => {
      layer.writeVarintField(15, 2);
      layer.writeStringField(1, name);
      for (let nth = whole(9); nth >= 0; nth -= 1) {
        const kind = 1 + whole(3);
        /** @type {number[]} */
        const commands = [];
        for (let parts = 1 + whole(3); parts > 0; parts -= 1) {
          const corners = 3 + whole(5);
          const steps = Array.from({ length: 2 * corners }, () => step(whole(9_000) - 4_500));
          if (kind === 1) commands.push(1 | (corners << 3), ...steps);
          else commands.push(9, ...steps.slice(0, 2), 2 | ((corners - 1) << 3), ...steps.slice(2), ...(kind === 3 ? [15] : []));
        }
        layer.writeMessage(2, (/** @type {any} */ __, /** @type {any} */ feature) => {
          if (whole(4)) feature.writeVarintField(1, whole(2 ** 31) * 2 ** whole(20));
          feature.writePackedVarint(2, Array.from({ length: whole(4) }, (___, at) => [at, whole(VALUES.length)]).flat());
          feature.writeVarintField(3, kind);
          feature.writePackedVarint(4, commands);
        }, null);
      }
      for (const key of ["a", "b", "c"]) layer.writeStringField(3, key);
      for (const [key, how, value] of VALUES) layer.writeMessage(4, (/** @type {any} */ __, /** @type {any} */ one) => one[String(how)](key, value), null);
      layer.writeVarintField(5, 4096);
      layer.writeStringField(99, "passed over");
    }, null);
  }
  pbf.writeStringField(16, "an extension, passed over");
  return pbf.finish();
}

test("tiles are read as the format's own library reads them", () => {
  let seed = 7;
  const chance = () => ((seed = (seed * 16_807) % 2_147_483_647) - 1) / 2_147_483_646;

  for (let nth = 0; nth < 400; nth += 1) {
    const body = Uint8Array.from(tile(chance)).buffer;
    assert.deepEqual(readTile(body), theirs(body));
  }
});

test("a tile of nothing has no layer, and one that breaks off ends", () => {
  assert.deepEqual(readTile(new ArrayBuffer(0)), {});
  const body = tile(() => 0.5);
  for (const size of [1, 5, 40, body.length - 3]) assert.doesNotThrow(() => readTile(Uint8Array.from(body.slice(0, size)).buffer));
});
