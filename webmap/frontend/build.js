// Bundles our modules and styles into ../static/dist: named by content, packed ready to send.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import { build } from "esbuild";

const out = new URL("../static/dist/", import.meta.url).pathname;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** @type {import("esbuild").BuildOptions} */
const shared = { bundle: true, minify: true, metafile: true, outdir: out, logLevel: "warning" };
/** @type {import("esbuild").BuildOptions[]} */
const bundles = [
  { ...shared, entryPoints: ["src/map.js", "src/page.js"], format: "esm", target: "es2022", entryNames: "[name]-[hash]" },
  { ...shared, entryPoints: ["src/theme.js"], format: "iife", target: "es2022", entryNames: "[name]-[hash]" },
  {
    ...shared,
    entryPoints: { lotleaf: "../static/lotleaf.css", leaflet: "../static/leaflet.css" },
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".png": "empty" }, // Leaflet's pictures of markers and layers: neither is used,
  },
];

/** @type {Record<string, string>} */
const manifest = {};
for (const options of bundles) {
  const { metafile } = await build({ ...options, absWorkingDir: new URL(".", import.meta.url).pathname });
  for (const [path, made] of Object.entries(metafile?.outputs ?? {})) {
    if (!made.entryPoint) continue;
    const name = basename(made.entryPoint);
    manifest[name] = basename(path);
    pack(join(out, basename(path)));
  }
}
const icon = readFileSync(new URL("../static/icon.svg", import.meta.url));
manifest["icon.svg"] = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
writeFileSync(join(out, manifest["icon.svg"]), icon);
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1));

/** @param {string} path */
function pack(path) {
  const bytes = readFileSync(path);
  writeFileSync(path + ".gz", gzipSync(bytes, { level: 9 }));
  writeFileSync(path + ".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
