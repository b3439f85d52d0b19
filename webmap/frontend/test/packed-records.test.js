import assert from "node:assert/strict";
import { test } from "node:test";
import { columnText, columnValue, decodeShapes } from "../src/file/packed-records.js";

test("Google's own example of an encoded polyline is decoded, at a tenth of its precision", () => {
  const [[[line = []] = []] = []] = decodeShapes("_p~iF~ps|U_ulLnnqC_mqNvxq`@");

  assert.deepEqual(line, [[-12.02, 3.85], [-12.095, 4.07], [-12.6453, 4.3252]]);
});

test("rings, parts and shapes go on from the position before", () => {
  const shapes = decodeShapes("_ibE_ibE??,A?;?A A?");

  assert.deepEqual(shapes, [
    [[[[0.1, 0.1], [0.1, 0.1]], [[0.1, 0.100001]]], [[[0.100001, 0.100001]]]],
    [[[[0.100001, 0.100002]]]],
  ]);
  assert.deepEqual(decodeShapes(""), []);
});

test("a column is a list of texts, or different texts and their rows", () => {
  assert.equal(columnText(["a", "b"], 1), "b");
  assert.equal(columnText({ texts: ["a", "b"], rows: [0, 1, 0] }, 2), "a");
});

test("an unknown value is told from an empty one, and shown as a word", () => {
  assert.equal(columnValue({ texts: [null, ""], rows: [0, 1] }, 0), null);
  assert.equal(columnValue([null, ""], 1), "");
  assert.equal(columnText([null, ""], 0), "unknown");
  assert.equal(columnText([null, ""], 1), "");
});
