-- Edit results by idempotency key, and the notes and photos that crews send from the field.

-- A row is written in the transaction of its edit. The same key sent again returns the same outcome and
-- changes nothing. digest is a hash of the edit request.
CREATE TABLE lotleaf_keys (
  key TEXT NOT NULL PRIMARY KEY,
  layer TEXT NOT NULL,
  id TEXT NOT NULL,
  at TEXT NOT NULL,
  digest TEXT NOT NULL,
  outcome TEXT NOT NULL
) WITHOUT ROWID;

-- A photo's number comes from a hash of its bytes, so a number never means another photo.
CREATE TABLE lotleaf_photos (
  number INTEGER PRIMARY KEY NOT NULL,
  image BLOB NOT NULL
);

-- made_at is the time by the clock of the device. at is the time when the server received the note.
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
