"""Towns, districts, trees, canopy and inspections joined to each parcel."""
