-- Tables and columns get the names of docs/glossary.md.
ALTER TABLE lotleaf_edits RENAME TO lotleaf_overrides;
ALTER TABLE lotleaf_overrides RENAME COLUMN file_was TO file_base;
ALTER TABLE lotleaf_overrides RENAME COLUMN file_is TO file_current;

ALTER TABLE lotleaf_ended RENAME TO lotleaf_tombstones;
ALTER TABLE lotleaf_tombstones RENAME COLUMN ended_on TO deleted_on;
DROP INDEX lotleaf_ended_row;
DROP INDEX lotleaf_ended_id;
CREATE INDEX lotleaf_tombstones_row ON lotleaf_tombstones (layer, source, source_id);
CREATE INDEX lotleaf_tombstones_id ON lotleaf_tombstones (layer, id);

ALTER TABLE lotleaf_touched RENAME TO lotleaf_row_changes;
ALTER TABLE lotleaf_row_changes RENAME COLUMN seq TO version;

ALTER TABLE lotleaf_keys RENAME TO lotleaf_idempotency_keys;
ALTER TABLE lotleaf_idempotency_keys RENAME COLUMN outcome TO response;

ALTER TABLE lotleaf_loads RENAME COLUMN same TO unchanged;
ALTER TABLE lotleaf_loads RENAME COLUMN ended TO deleted;
