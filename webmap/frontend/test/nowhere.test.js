import assert from "node:assert/strict";
import { test } from "node:test";
import { unplaced } from "../src/nowhere.js";

test("what no map shows is asked for with the filters that are chosen, and of no known town beside the chosen one", () => {
  assert.equal(String(unplaced([["town", ""], ["need", "prune"], ["need", "remove"]])), "need=prune&need=remove&placed_by=none");
  assert.equal(unplaced([["town", "bel-nor"]]).get("town"), "bel-nor,null");
});
