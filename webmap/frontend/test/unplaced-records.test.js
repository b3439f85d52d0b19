import assert from "node:assert/strict";
import { test } from "node:test";
import { unplacedQuery } from "../src/map/unplaced-records.js";

test("what no map shows is asked for with the filters that are chosen, and of no known town beside the chosen one", () => {
  assert.equal(String(unplacedQuery([["town", ""], ["need", "prune"], ["need", "remove"]])), "need=prune&need=remove&placed_by=none");
  assert.equal(unplacedQuery([["town", "bel-nor"]]).get("town"), "bel-nor,null");
});
