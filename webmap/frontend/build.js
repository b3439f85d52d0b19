// Bundles our modules and styles into ../static/dist (or a folder that is told): named by content, packed ready to send.
// Who reads meanwhile finds the manifest and all that it names: files are put there whole, the manifest last, and what
// the manifest before it named stays until the next build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import { build } from "esbuild";

const out = process.argv[2] ?? new URL("../static/dist/", import.meta.url).pathname;
const kept = ["manifest.json", "ready"];
const UNUSED = /popup|tooltip|control-layers|oldie|vml|attribution-flag|default-icon/;

mkdirSync(out, { recursive: true });

/** Only what our maps use of Leaflet is sent. @type {import("esbuild").Plugin} */
const leaflet = {
  name: "leaflet",
  setup: ({ onResolve }) => onResolve({ filter: /^leaflet$/ }, () => ({ path: new URL("src/leaflet.js", import.meta.url).pathname })),
};
/** Of Leaflet's styles go those of parts that no map of ours has. @type {import("esbuild").Plugin} */
const styles = {
  name: "leaflet-styles",
  setup: ({ onLoad }) => onLoad({ filter: /leaflet\.css$/ }, ({ path }) => {
    const whole = readFileSync(path, "utf-8").replace(/\/\*[^]*?\*\//g, "");
    const used = (/** @type {string} */ rule, /** @type {string} */ selectors) => (selectors.split(",").every((one) => UNUSED.test(one)) ? "" : rule);
    return { loader: "css", contents: whole.replace(/([^{}]+)\{[^{}]*\}/g, used) };
  }),
};
/** @type {import("esbuild").BuildOptions & { write: false }} */
const shared = { bundle: true, minify: true, write: false, metafile: true, outdir: out, logLevel: "warning" };
/** @satisfies {import("esbuild").BuildOptions} */
const modules = { format: "esm", target: "es2022", entryNames: "[name]-[hash]", plugins: [leaflet], logOverride: { "import-is-undefined": "error" } };
/** @type {(import("esbuild").BuildOptions & { write: false })[]} */
const bundles = [
  // Each is one file, so that none waits for another; the desk is asked for where no worker can draw.
  { ...shared, ...modules, entryPoints: ["src/begin.js", "src/page.js", "src/chart/worker.js", "src/chart/desk.js", "src/chart/packs.js", "src/find/offline.js", "src/crew.js"] },
  // What both the map and what comes later need is a file of its own.
  { ...shared, ...modules, entryPoints: ["src/map.js"], splitting: true, chunkNames: "[name]-[hash]" },
  { ...shared, entryPoints: ["src/theme.js"], format: "iife", target: "es2022", entryNames: "[name]-[hash]" },
  {
    ...shared,
    entryPoints: { lotleaf: "../static/lotleaf.css", map: "../static/map.css" },
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    plugins: [styles],
    loader: { ".png": "empty" }, // Leaflet's pictures of markers and layers: neither is used,
  },
];

/** @type {Record<string, string>} */
const manifest = {};
for (const options of bundles) await make(options);
const icon = readFileSync(new URL("../static/icon.svg", import.meta.url));
manifest["icon.svg"] = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
put(manifest["icon.svg"], icon);
// The service worker keeps all that was built before it.
const shell = Object.values(manifest).map((name) => ({ url: `/assets/${name}`, revision: null }));
const service = { "globalThis.__SHELL__": JSON.stringify(shell), "process.env.NODE_ENV": '"production"' };
await make({ ...shared, ...modules, entryPoints: ["src/service.js"], format: "iife", define: service });

/** @param {import("esbuild").BuildOptions & { write: false }} options */
async function make(options) {
  const { metafile, outputFiles } = await build({ ...options, absWorkingDir: new URL(".", import.meta.url).pathname });
  for (const made of outputFiles) pack(basename(made.path), made.contents);
  for (const [path, made] of Object.entries(metafile?.outputs ?? {})) {
    const shares = path.endsWith(".js") && !made.entryPoint; // `chunk.js`, of which there is one
    if (!shares && !made.entryPoint) continue;
    const name = shares ? "chunk.js" : basename(made.entryPoint ?? "");
    if (name in manifest) throw new Error(`two files would be ${name}`);
    manifest[name] = basename(path);
  }
}

const before = Object.values(named());
put("manifest.json", JSON.stringify(manifest, null, 1));
const wanted = [...kept, ...before, ...Object.values(manifest)];
for (const name of readdirSync(out)) {
  if (!wanted.includes(name.replace(/\.(br|gz)$/, ""))) rmSync(join(out, name));
}

/** @returns {Record<string, string>} */
function named() {
  const path = join(out, "manifest.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf-8")) : {};
}

/**
 * @param {string} name
 * @param {Uint8Array} bytes
 */
function pack(name, bytes) {
  put(name, bytes);
  put(name + ".gz", gzipSync(bytes, { level: 9 }));
  put(name + ".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

/**
 * @param {string} name
 * @param {Uint8Array | string} bytes
 */
function put(name, bytes) {
  writeFileSync(join(out, name + ".part"), bytes);
  renameSync(join(out, name + ".part"), join(out, name));
}
