// Reads the colors and the font of the page's theme, for the canvas.

/** Returns the colors and the font of the current theme. @returns {import("../render/painter.js").MapStyle} */
export function readMapStyle() {
  const style = getComputedStyle(document.documentElement);
  const cssVariable = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    streetColor: cssVariable("--map-street"),
    parcelColor: cssVariable("--map-lot"),
    labelColor: cssVariable("--map-label"),
    selectionColor: cssVariable("--focus"),
    font: `400 16px ${cssVariable("--type")}`,
    text: { color: cssVariable("--map-label"), halo: cssVariable("--map-halo") },
  };
}
