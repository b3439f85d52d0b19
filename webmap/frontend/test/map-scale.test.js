import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthText } from "../src/ui/map-scale.js";

test("the lengths of Leaflet's scale are written like all lengths", () => {
  assert.equal(lengthText("300 ft"), "300 ft");
  assert.equal(lengthText("5000 km"), "5,000 km");
  assert.equal(lengthText("0.5 mi"), "0.5 mi");
});
