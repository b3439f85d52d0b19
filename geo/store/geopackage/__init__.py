"""The store in one GeoPackage file: connections, snapshots, write transactions and migrations."""
