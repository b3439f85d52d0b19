// Asks for the towns: their outlines and figures.

/** @typedef {{features: import("./told.js").Feature[], middles: Record<string, [number, number]>}} TownFigures */

/**
 * Give the towns; null where the server gives none.
 * @param {import("./told.js").Told} told
 * @param {number} version of the data: another one, another workspace or another day is another address, and what is kept stays apart
 * @returns {Promise<TownFigures | null>}
 */
export async function askTowns({ api, townFields, born, today }, version) {
  const answer = await fetch(`${api}/towns.geojson?fields=${townFields.join(",")}&version=${born}-${version}-${today}`).catch(() => null);
  return answer?.ok ? answer.json() : null;
}
