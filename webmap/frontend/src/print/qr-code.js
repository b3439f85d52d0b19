// Encodes a text as a QR code. It is loaded when a map is printed.
import { encode } from "uqr";

const QUIET_MODULES = 4; // the white border that scanners need

/** Returns a QR code as SVG path data, with the number of modules in a side. The border is in both. @param {string} text */
export function qrCodePath(text) {
  const { data, size } = encode(text, { ecc: "L", boostEcc: true, border: QUIET_MODULES });
  const runs = data.flatMap((row, y) => darkRuns(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`));
  return { pathData: runs.join(""), size };
}

/** Returns the runs of dark modules in a row: where each begins, and its length. @param {boolean[]} row @returns {[number, number][]} */
function darkRuns(row) {
  /** @type {[number, number][]} */
  const runs = [];
  row.forEach((isDark, x) => {
    const last = runs.at(-1);
    if (isDark && last && row[x - 1]) last[1] += 1;
    else if (isDark) runs.push([x, 1]);
  });
  return runs;
}
