// Geocodes the queries of a folder as an offline browser does, for tests: it reads index.bin, corners.bin, town-*.bin and queries.json, and prints one JSON result a line.
// With a catalog.json it does so in the language of that catalog.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { find } from "./src/search/geocode/geocoder.js";
import { AddressIndex } from "./src/search/geocode/address-index.js";

const folder = process.argv[2] ?? ".";
const catalogPath = join(folder, "catalog.json");
if (existsSync(catalogPath)) Object.assign(globalThis, { document: { getElementById: () => ({ textContent: readFileSync(catalogPath, "utf8") }), documentElement: { lang: "", dataset: {} } } });
const index = new AddressIndex(readFileSync(join(folder, "index.bin")));
index.addIntersections(readFileSync(join(folder, "corners.bin")));
for (const name of readdirSync(folder).filter((fileName) => fileName.startsWith("town-")).sort()) index.addTown(readFileSync(join(folder, name)));
/** @type {[string, import("./src/search/geocode/geocoder.js").GeocodeOptions][]} */
const queries = JSON.parse(readFileSync(join(folder, "queries.json"), "utf8"));
for (const [query, options] of queries) console.log(JSON.stringify(find(index, query, options)));
