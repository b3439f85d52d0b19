// Bundles the scripts and styles into ../static/dist, or into the folder given as an argument. File names contain a hash
// of the content, and each file is also written compressed. A server may read the folder during a build: files are
// written atomically, the manifest last, and the files of the previous manifest stay until the next build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import { build } from "esbuild";

const outDir = process.argv[2] ?? new URL("../static/dist/", import.meta.url).pathname;
const RESERVED_NAMES = ["manifest.json", "ready"]; // the Makefile touches `ready` after a build
const UNUSED_LEAFLET_RULES = /popup|tooltip|control-layers|oldie|vml|attribution-flag|default-icon/;

mkdirSync(outDir, { recursive: true });

/** Bundles only the parts of Leaflet that the maps use. @type {import("esbuild").Plugin} */
const leafletPlugin = {
  name: "leaflet",
  setup: ({ onResolve }) => onResolve({ filter: /^leaflet$/ }, () => ({ path: new URL("src/ui/leaflet-core.js", import.meta.url).pathname })),
};
/** Removes the Leaflet styles of parts that the maps do not use. @type {import("esbuild").Plugin} */
const leafletStylesPlugin = {
  name: "leaflet-styles",
  setup: ({ onLoad }) => onLoad({ filter: /leaflet\.css$/ }, ({ path }) => {
    const css = readFileSync(path, "utf-8").replace(/\/\*[^]*?\*\//g, "");
    const ruleIfUsed = (/** @type {string} */ rule, /** @type {string} */ selectors) => (selectors.split(",").every((selector) => UNUSED_LEAFLET_RULES.test(selector)) ? "" : rule);
    return { loader: "css", contents: css.replace(/([^{}]+)\{[^{}]*\}/g, ruleIfUsed) };
  }),
};
/** @type {import("esbuild").BuildOptions & { write: false }} */
const sharedOptions = { bundle: true, minify: true, write: false, metafile: true, outdir: outDir, logLevel: "warning" };
/** @satisfies {import("esbuild").BuildOptions} */
const moduleOptions = { format: "esm", target: "es2022", entryNames: "[name]-[hash]", plugins: [leafletPlugin], logOverride: { "import-is-undefined": "error" } };
/** @type {(import("esbuild").BuildOptions & { write: false })[]} */
const bundles = [
  // Each is one file, so that no script waits for another. map-renderer.js is loaded only where no worker can draw.
  { ...sharedOptions, ...moduleOptions, entryPoints: ["src/map/boot.js", "src/map/site-page.js", "src/render/render-worker.js", "src/render/map-renderer.js", "src/tiles/town-packs.js", "src/search/geocode/offline-geocoder.js", "src/crew/crew-panel.js", "src/print/qr-code.js"] },
  { ...sharedOptions, entryPoints: ["src/ui/theme.js"], format: "iife", target: "es2022", entryNames: "[name]-[hash]" },
  {
    ...sharedOptions,
    entryPoints: { lotleaf: "../static/lotleaf.css", map: "../static/map.css" },
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    plugins: [leafletStylesPlugin],
    loader: { ".png": "empty" }, // Leaflet's images of markers and layers are not used
  },
];

/** @type {Record<string, string>} */
const manifest = {};
for (const options of bundles) await buildBundle(options);
// Code that the map page and its lazy parts share becomes a chunk.
await buildBundle({ ...sharedOptions, ...moduleOptions, entryPoints: ["src/map/map-page.js"], splitting: true, chunkNames: "[name]-[hash]", define: { "globalThis.__QR_CODE_URL__": JSON.stringify(`/assets/${manifest["qr-code.js"]}`) }, external: ["/assets/*"] });
const icon = readFileSync(new URL("../static/icon.svg", import.meta.url));
manifest["icon.svg"] = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
writeAtomically(manifest["icon.svg"], icon);
// The service worker caches all files built before it.
const precachedFiles = Object.values(manifest).map((name) => ({ url: `/assets/${name}`, revision: null }));
const serviceWorkerDefines = { "globalThis.__SHELL__": JSON.stringify(precachedFiles), "process.env.NODE_ENV": '"production"' };
await buildBundle({ ...sharedOptions, ...moduleOptions, entryPoints: ["src/offline/service-worker.js"], format: "iife", define: serviceWorkerDefines });
// What `lotleaf map` writes into a file: all of Leaflet, with its pictures. No page loads it, so no device caches it.
/** @type {import("esbuild").BuildOptions & { write: false }} */
const fileOptions = { ...sharedOptions, entryNames: "[name]-[hash]", loader: { ".png": "dataurl" } };
await buildBundle({ ...fileOptions, entryPoints: ["src/file/open-map.js"], format: "iife", target: "es2022" });
await buildBundle({ ...fileOptions, entryPoints: ["../static/open-map.css"] });

/** @param {import("esbuild").BuildOptions & { write: false }} options */
async function buildBundle(options) {
  const { metafile, outputFiles } = await build({ ...options, absWorkingDir: new URL(".", import.meta.url).pathname });
  for (const file of outputFiles) writeCompressed(basename(file.path), file.contents);
  for (const [path, output] of Object.entries(metafile?.outputs ?? {})) {
    const isChunk = path.endsWith(".js") && !output.entryPoint; // there is only one chunk
    if (!isChunk && !output.entryPoint) continue;
    const name = isChunk ? "chunk.js" : basename(output.entryPoint ?? "");
    if (name in manifest) throw new Error(`two files would be named ${name}`);
    manifest[name] = basename(path);
  }
}

const previousFiles = Object.values(readManifest());
writeAtomically("manifest.json", JSON.stringify(manifest, null, 1));
const retainedFiles = [...RESERVED_NAMES, ...previousFiles, ...Object.values(manifest)];
for (const name of readdirSync(outDir)) {
  if (!retainedFiles.includes(name.replace(/\.(br|gz)$/, ""))) rmSync(join(outDir, name));
}

/** @returns {Record<string, string>} */
function readManifest() {
  const path = join(outDir, "manifest.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf-8")) : {};
}

/**
 * Writes a file, and its gzip and Brotli forms.
 * @param {string} name
 * @param {Uint8Array} bytes
 */
function writeCompressed(name, bytes) {
  writeAtomically(name, bytes);
  writeAtomically(name + ".gz", gzipSync(bytes, { level: 9 }));
  writeAtomically(name + ".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

/**
 * Writes a file under a temporary name, then renames it.
 * @param {string} name
 * @param {Uint8Array | string} bytes
 */
function writeAtomically(name, bytes) {
  writeFileSync(join(outDir, name + ".part"), bytes);
  renameSync(join(outDir, name + ".part"), join(outDir, name));
}
