-- What crews send from the field: each edit's key with what came of it, and their notes and photos.

-- Written in the edit's own transaction: the same key again is told the same, and changes nothing.
-- digest: of what was asked under the key.
CREATE TABLE lotleaf_keys (
  key TEXT NOT NULL PRIMARY KEY,
  layer TEXT NOT NULL,
  id TEXT NOT NULL,
  at TEXT NOT NULL,
  digest TEXT NOT NULL,
  outcome TEXT NOT NULL
) WITHOUT ROWID;

-- A photo's number is made of its bytes: under one number there is never another photo.
CREATE TABLE lotleaf_photos (
  number INTEGER PRIMARY KEY NOT NULL,
  image BLOB NOT NULL
);

-- made_at: as the device that made the note tells it; at: when it was taken in.
CREATE TABLE lotleaf_notes (
  n INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  layer TEXT NOT NULL,
  id TEXT NOT NULL,
  at TEXT NOT NULL,
  made_at TEXT,
  work TEXT,
  text TEXT,
  photo INTEGER REFERENCES lotleaf_photos(number)
);
CREATE INDEX lotleaf_notes_record ON lotleaf_notes (layer, id);
