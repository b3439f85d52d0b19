import assert from "node:assert/strict";
import { test } from "node:test";
import { shrinkPhoto } from "../src/outbox/shrink-photo.js";
import { defineGlobal } from "../test-support/globals.js";

/** A camera's picture, and the canvas that it is drawn on again. @param {number} width @param {number} height */
function takePhoto(width, height) {
  /** @type {any[]} */
  const drawn = [];
  /** @type {any} */
  const canvas = {
    getContext: () => ({ drawImage: (/** @type {any[]} */ ...args) => drawn.push(args.slice(1)) }),
    toDataURL: (/** @type {string} */ type, /** @type {number} */ quality) => `data:${type};base64,${canvas.width}x${canvas.height}@${quality}`,
  };
  /** @type {any} */
  let bitmapOptions = null;
  defineGlobal("document", { createElement: () => canvas });
  defineGlobal("createImageBitmap", async (/** @type {File} */ _, /** @type {any} */ options) => {
    bitmapOptions = options;
    return { width, height };
  });
  return { file: new File(["jpeg"], "tree.jpg"), canvas, drawn, bitmapOptions: () => bitmapOptions };
}

test("a photo is drawn again with its longer side at 1600 pixels, and its shape is kept", async () => {
  const { file, drawn } = takePhoto(4_000, 3_000);

  assert.equal(await shrinkPhoto(file), "1600x1200@0.8");
  assert.deepEqual(drawn, [[0, 0, 1_600, 1_200]]);
});

test("an upright photo is measured by its height", async () => {
  assert.equal(await shrinkPhoto(takePhoto(3_000, 4_000).file), "1200x1600@0.8");
});

test("a small photo is not enlarged, but drawn again, so that it loses its time and place", async () => {
  const { file, drawn } = takePhoto(640, 480);

  assert.equal(await shrinkPhoto(file), "640x480@0.8");
  assert.equal(drawn.length, 1);
});

test("a preview may be smaller still", async () => {
  assert.equal(await shrinkPhoto(takePhoto(4_000, 3_001).file, 480), "480x360@0.8");
});

test("a photo taken with a turned tablet is turned back before its notes on that are lost", async () => {
  const { file, bitmapOptions } = takePhoto(100, 100);

  await shrinkPhoto(file);

  assert.deepEqual(bitmapOptions(), { imageOrientation: "from-image" });
});

test("a photo that cannot be drawn is an error, not a note without its photo", async () => {
  const { file, canvas } = takePhoto(100, 100);
  canvas.toDataURL = () => "data:,"; // what browsers give for a canvas that they cannot read

  await assert.rejects(shrinkPhoto(file), /cannot be drawn/);
});

test("a file that is no picture is an error, so that the form can say so", async () => {
  const { file } = takePhoto(100, 100);
  defineGlobal("createImageBitmap", async () => {
    throw new DOMException("The source image could not be decoded.", "InvalidStateError");
  });

  await assert.rejects(shrinkPhoto(file), { name: "InvalidStateError" });
});
