import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

const script = new URL("../build.js", import.meta.url).pathname;

/** @param {string} out */
function whole(out) {
  const names = Object.values(JSON.parse(readFileSync(join(out, "manifest.json"), "utf-8")));
  for (const name of names) {
    const bytes = readFileSync(join(out, name));
    if (existsSync(join(out, name + ".gz"))) assert.deepEqual(gunzipSync(readFileSync(join(out, name + ".gz"))), bytes);
  }
}

/** @param {string} out */
async function built(out) {
  const run = spawn(process.execPath, [script, out], { stdio: "inherit" });
  const ended = once(run, "exit");
  let seen = 0;
  while (run.exitCode === null) {
    whole(out);
    seen += 1;
    await pause(1);
  }
  await ended;
  assert.equal(run.exitCode, 0);
  assert.ok(seen > 5);
}

test("who reads during a build finds all that the manifest names; the build before stays, older ones go", async (t) => {
  const out = mkdtempSync(join(tmpdir(), "lotleaf-build-"));
  t.after(() => rmSync(out, { recursive: true }));
  writeFileSync(join(out, "map-OLD.js"), "old");
  writeFileSync(join(out, "manifest.json"), JSON.stringify({ "map.js": "map-OLD.js" }));

  await built(out);

  assert.ok(existsSync(join(out, "map-OLD.js")));
  await built(out);
  assert.ok(!existsSync(join(out, "map-OLD.js")));
  assert.deepEqual(readdirSync(out).filter((name) => name.endsWith(".part")), []);
});
