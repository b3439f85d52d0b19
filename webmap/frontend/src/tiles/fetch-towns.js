// Fetches the towns with their outlines and values.

/** @typedef {{features: import("../map/page-config.js").Feature[], labelPoints: Record<string, [number, number]>}} TownCollection */

/**
 * Returns the towns, or null where the server gives none.
 * @param {import("../map/page-config.js").PageConfig} config
 * @param {number} version of the data; a new version, workspace or day gives a new URL, so that caches never mix them
 * @returns {Promise<TownCollection | null>}
 */
export async function fetchTowns({ api, townFields, workspace_id: workspaceId, today }, version) {
  const response = await fetch(`${api}/towns.geojson?fields=${townFields.join(",")}&version=${workspaceId}-${version}-${today}`).catch(() => null);
  const body = response?.ok ? await response.json() : null;
  // A response that an older build cached holds `middles`.
  return body && { features: body.features, labelPoints: body.label_points ?? body.middles ?? {} };
}
