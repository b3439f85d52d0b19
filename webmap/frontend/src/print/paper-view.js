// Fits the view of the screen onto paper: the same part of the map, with labels in a readable size.

/** @typedef {import("../render/protocol.js").View} View */

// The map on paper is about 7.5 inches wide. On this many pixels, the labels of the screen are 8 to 14 points high there.
const MIN_WIDTH_PX = 640;
const MAX_WIDTH_PX = 1_000;
const PRINT_WIDTH_PX = 2_400; // 300 dpi
const MAX_PRINT_HEIGHT_PX = 3_200;

/**
 * Returns the view to paint for print. It shows exactly what the screen shows, with the details of the screen's zoom.
 * A large screen is painted smaller, so that its labels can be read on paper.
 * @param {View} screenView
 * @returns {View}
 */
export function paperView(screenView) {
  const width = Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, screenView.width));
  const scale = width / screenView.width;
  const height = screenView.height * scale;
  const pixelRatio = Math.min(PRINT_WIDTH_PX / width, MAX_PRINT_HEIGHT_PX / height);
  return { zoom: screenView.zoom + Math.log2(scale), detailZoom: screenView.zoom, left: screenView.left * scale, top: screenView.top * scale, width, height, padding: 0, pixelRatio, coveredBoxes: [] };
}
