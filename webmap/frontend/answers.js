// Answers queries as a browser does without a server: a folder with the index, towns' files and queries.json; one answer a line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { find } from "./src/find/find.js";
import { Index } from "./src/find/index.js";

const folder = process.argv[2] ?? ".";
const index = new Index(readFileSync(join(folder, "index.bin")));
index.addCorners(readFileSync(join(folder, "corners.bin")));
for (const name of readdirSync(folder).filter((one) => one.startsWith("town-")).sort()) index.add(readFileSync(join(folder, name)));
/** @type {[string, import("./src/find/find.js").Options][]} */
const queries = JSON.parse(readFileSync(join(folder, "queries.json"), "utf8"));
for (const [query, options] of queries) console.log(JSON.stringify(find(index, query, options)));
