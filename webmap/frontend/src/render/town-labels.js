// Places town names on the map, each inside its town and only where it has room.
import { squareToPixels } from "../tiles/projection.js";

const MAX_OVERHANG_RATIO = 1.3; // a name may be this much wider than its town
const LINE_HEIGHT_PX = 20;

/** @typedef {{left: number, top: number, right: number, bottom: number}} PixelBox */

/**
 * Places each town's name, with a value below it if there is room. The larger town wins where two labels would overlap. No label lies in a covered box.
 * @param {import("./painter.js").TownShape[]} towns
 * @param {import("../tiles/projection.js").PixelFrame} frame
 * @param {(text: string) => number} measureText
 * @param {PixelBox[]} coveredBoxes
 * @param {(town: import("./painter.js").TownShape) => string | null} valueTextOf
 */
export function placeTownLabels(towns, frame, measureText, coveredBoxes, valueTextOf = () => null) {
  const occupied = [...coveredBoxes];
  /** @type {{text: string, x: number, y: number}[]} */
  const lines = [];
  const townsWithRoom = towns.flatMap((town) => (town.labelPoint ? [{ town, ...townSpan(town, town.labelPoint, frame) }] : []));
  for (const { town, x, y, roomPx } of townsWithRoom.sort((a, b) => b.roomPx - a.roomPx)) {
    const nameLines = [roomPx, MAX_OVERHANG_RATIO * roomPx].map((width) => wrapText(town.name, width, measureText)).find(Boolean);
    if (!nameLines) continue;
    const valueText = valueTextOf(town);
    for (const textLines of valueText ? [[...nameLines, valueText], nameLines] : [nameLines]) {
      const widthPx = Math.max(...textLines.map(measureText));
      const box = { left: x - widthPx / 2, right: x + widthPx / 2, top: y - (textLines.length * LINE_HEIGHT_PX) / 2, bottom: y + (textLines.length * LINE_HEIGHT_PX) / 2 };
      if (occupied.some((b) => boxesOverlap(b, box))) continue;
      occupied.push(box);
      textLines.forEach((text, index) => lines.push({ text, x, y: box.top + (index + 0.5) * LINE_HEIGHT_PX }));
      break;
    }
  }
  return lines;
}

/** Wraps a name into lines of a width; null if a word is wider. @param {string} name @param {number} width @param {(text: string) => number} measureText */
function wrapText(name, width, measureText) {
  /** @type {string[]} */
  const lines = [];
  for (const word of name.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length && measureText(longer) <= width) lines.splice(-1, 1, longer);
    else if (measureText(word) <= width) lines.push(word);
    else return null;
  }
  return lines;
}

/**
 * Returns where a town's name goes: halfway between the borders west and east of a point inside, with the pixels between them.
 * @param {import("./painter.js").TownShape} town @param {[number, number]} inside @param {import("../tiles/projection.js").PixelFrame} frame
 */
function townSpan({ areas }, [x, y], frame) {
  const crossings = areas.flat().flatMap((ring) => ringCrossings(ring, y));
  const west = Math.max(...crossings.filter((crossing) => crossing <= x));
  const east = Math.min(...crossings.filter((crossing) => crossing > x));
  if (!Number.isFinite(east - west)) return { ...squareToPixels([x, y], frame), roomPx: 0 };
  const center = squareToPixels([(west + east) / 2, y], frame);
  return { ...center, roomPx: squareToPixels([east, y], frame).x - squareToPixels([west, y], frame).x };
}

/** Returns where a ring crosses a parallel. @param {[number, number][]} ring @param {number} y @returns {number[]} */
function ringCrossings(ring, y) {
  return ring.flatMap(([toX, toY], index) => {
    const [fromX, fromY] = ring[index - 1] ?? [toX, toY];
    return fromY < y === toY < y ? [] : [fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)];
  });
}

/** @param {PixelBox} a @param {PixelBox} b */
function boxesOverlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
