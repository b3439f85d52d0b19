// Points typed in degrees and minutes: the same as tests/test_sources_places.py asks of geo/degrees.py.

import { test } from "node:test";
import assert from "node:assert/strict";
import { isDegreesPair } from "../src/search/geocode/parse/degrees.js";

test("a point in degrees and minutes is known in the usual manners", () => {
  for (const typed of ["38°41'55.3\"N 90°18'26.3\"W", "N38 41 55.3 W90 18 26.3", "38 41 55.3 N, 90 18 26.3 W", "90.3073W 38.69869N", "38.7°N, 90.3°W", "38º 41′ 55″ north, 90º 18′ 27″ west"]) {
    assert.ok(isDegreesPair(typed), typed);
  }
});

test("an address with compass letters is no point", () => {
  for (const typed of ["40 N 100 E", "100 N 200 W", "7201 N Natural Bridge", "12 W 5th St", "N 9th & E 4th", "38.7 elm", "3 N 4 E 5 S", "38 41 N, 38 42 N", "95 10 N, 90 18 W"]) {
    assert.ok(!isDegreesPair(typed), typed);
  }
});
