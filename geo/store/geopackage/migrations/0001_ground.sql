-- The tables that GeoPackage 1.3 requires, and lotleaf's own tables beside the layers.
-- GeoPackage uses user_version, so lotleaf_migrations holds the numbers of the migrations.
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinates'),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinates'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude and latitude in degrees');

CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);

CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);

CREATE TABLE lotleaf_settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

-- The audit log: one row for each change. The highest seq is the version of the workspace.
CREATE TABLE lotleaf_audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  layer TEXT,
  id TEXT,
  detail TEXT NOT NULL
);
CREATE TRIGGER lotleaf_audit_stays BEFORE UPDATE ON lotleaf_audit
  BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER lotleaf_audit_keeps BEFORE DELETE ON lotleaf_audit
  BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;

CREATE TABLE lotleaf_loads (
  n INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  layer TEXT NOT NULL,
  source TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  same INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  provenance TEXT NOT NULL,
  report TEXT NOT NULL
);

-- The current sources of each layer, each with its last load.
CREATE TABLE lotleaf_sources (
  layer TEXT NOT NULL,
  name TEXT NOT NULL,
  load INTEGER REFERENCES lotleaf_loads(n),
  PRIMARY KEY (layer, name)
);

-- Overrides: edits by hand of rows from files. They refer to the row by its id within the source, so
-- that they apply again when the row vanishes and comes back. file_was is the value of the file at the
-- time of the edit. file_is is its value now.
CREATE TABLE lotleaf_edits (
  layer TEXT NOT NULL,
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  field TEXT NOT NULL,
  value,
  file_was,
  file_is,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (layer, source, source_id, field)
);

-- Tombstones: rows that vanished from their file, were unloaded with their source, or were deleted by hand.
CREATE TABLE lotleaf_ended (
  n INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  layer TEXT NOT NULL,
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  id TEXT NOT NULL,
  ended_on TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('vanished', 'unloaded', 'deleted')),
  load INTEGER,
  record TEXT NOT NULL,
  geom BLOB
);
CREATE INDEX lotleaf_ended_row ON lotleaf_ended (layer, source, source_id);
CREATE INDEX lotleaf_ended_id ON lotleaf_ended (layer, id);

-- The last join: its time, the version that it read, and its settings as JSON.
CREATE TABLE lotleaf_joins (
  n INTEGER PRIMARY KEY CHECK (n = 1),
  at TEXT NOT NULL,
  version INTEGER NOT NULL,
  made TEXT NOT NULL
);

CREATE TABLE lotleaf_rasters (
  n INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  layer TEXT NOT NULL,
  source TEXT NOT NULL,
  crs TEXT NOT NULL,
  west REAL NOT NULL,
  north REAL NOT NULL,
  cell_x REAL NOT NULL,
  cell_y REAL NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  method TEXT,
  year INTEGER,
  checksum TEXT NOT NULL,
  UNIQUE (layer, source)
);
-- The cells of rasters, zlib-compressed in strips of several rows.
CREATE TABLE lotleaf_raster_strips (
  n INTEGER PRIMARY KEY NOT NULL,
  raster INTEGER NOT NULL REFERENCES lotleaf_rasters(n),
  first_row INTEGER NOT NULL,
  cells BLOB NOT NULL,
  UNIQUE (raster, first_row)
);
