-- Which records edits by hand have changed since the last join, in their own fields or in joined ones: what has drawn
-- them before asks for these alone. `moved` tells whether the shape changed too, or came or went.
CREATE TABLE lotleaf_touched (
  layer TEXT NOT NULL,
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  PRIMARY KEY (layer, id)
) WITHOUT ROWID;
