"""The ground plan of the illustrative county: towns, streets, blocks, parcels and tree positions."""
