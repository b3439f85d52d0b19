-- The change log: records that edits by hand changed since the last join, in own or joined fields. Open maps and
-- tiles fetch these alone. moved is 1 if the geometry changed, or if the record was added or deleted.
CREATE TABLE lotleaf_touched (
  layer TEXT NOT NULL,
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  moved INTEGER NOT NULL,
  PRIMARY KEY (layer, id)
) WITHOUT ROWID;
