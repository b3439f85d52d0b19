import assert from "node:assert/strict";
import { test } from "node:test";
import { unplacedQuery, unplacedText } from "../src/map/unplaced-records.js";

test("what no map shows is asked for with the filters that are chosen, and of no known town beside the chosen one", () => {
  assert.equal(String(unplacedQuery([["town", ""], ["need", "prune"], ["need", "remove"]])), "need=prune&need=remove&placed_by=none");
  assert.equal(unplacedQuery([["town", "bel-nor"]]).get("town"), "bel-nor,null");
});

test("the records on no map are counted in a sentence, and with a town chosen those of no known town too", () => {
  assert.equal(unplacedText("sites", 1, false), "1 tree or site has no location and is not on the map.");
  assert.equal(unplacedText("inspections", 1_234, true), "1,234 inspections have no location and are not on the map. Records without a known town are counted too.");
});
