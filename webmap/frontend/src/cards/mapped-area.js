// Tells whether a point is outside the mapped area, where no loaded town is near. As geo/mapped_area.py, by the towns' bounding box.

const FAR_FROM_TOWNS_DEG = 10 / 110.5; // 10 km of latitude

/** Returns whether a point is more than 10 km outside the bounding box of the towns. @param {[number, number, number, number]} townsBbox @param {[number, number]} lonLat */
export function isFarFromTowns([west, south, east, north], [lon, lat]) {
  const lonMargin = FAR_FROM_TOWNS_DEG / Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  return lon < west - lonMargin || lon > east + lonMargin || lat < south - FAR_FROM_TOWNS_DEG || lat > north + FAR_FROM_TOWNS_DEG;
}
