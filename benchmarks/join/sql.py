"""The queries that every database runs unchanged."""

CANOPY_SQL = """
SELECT p.id AS parcel, sum(ST_Area(ST_Intersection(p.geometry, c.geometry))) AS m2
FROM parcels p JOIN dissolved c ON ST_Intersects(p.geometry, c.geometry)
GROUP BY p.id
"""

TOWNS_SQL = """
SELECT p.id AS parcel, t.id AS town,
  ST_Area(ST_Intersection(p.geometry, t.geometry)) / ST_Area(p.geometry) AS share
FROM parcels p JOIN towns t ON ST_Intersects(p.geometry, t.geometry)
"""

INSPECTIONS_SQL = """
WITH named AS (
  SELECT i.id AS inspection, p.id AS parcel
  FROM inspections i JOIN parcels p ON i.parcel_key = p.id
), others AS (
  SELECT i.id, i.geometry FROM inspections i LEFT JOIN named n ON i.id = n.inspection
  WHERE n.inspection IS NULL
)
SELECT inspection, parcel FROM named
UNION ALL
SELECT i.id AS inspection, min(p.id) AS parcel
FROM others i JOIN parcels p ON ST_Intersects(p.geometry, i.geometry)
GROUP BY i.id
"""
