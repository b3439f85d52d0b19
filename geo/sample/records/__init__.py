"""The records of the illustrative county: parcels, trees, crowns, inspections and governing bodies."""
