// Loads the addresses of parcels, for rows of a day sheet that have no address of their own.
import { encodeIdPath } from "../ui/detail-sheet.js";

/** @typedef {import("../render/protocol.js").FeatureRow} FeatureRow */

const TIMEOUT_MS = 15_000;

/**
 * Loads the addresses of the parcels that some rows belong to, by parcel id. An address that cannot be loaded is left out.
 * @param {string} apiRoot
 * @param {FeatureRow[]} rows
 * @param {typeof fetch} fetchResponse
 * @returns {Promise<Map<string, string>>}
 */
export async function loadParcelAddresses(apiRoot, rows, fetchResponse = (...args) => fetch(...args)) {
  const ids = rows.filter(({ feature }) => !feature.properties["address"]).flatMap(({ feature }) => feature.properties["frontage_parcel_id"] ?? []);
  const addresses = await Promise.all([...new Set(ids)].map(async (id) => /** @type {const} */ ([id, await loadAddress(apiRoot, id, fetchResponse).catch(() => null)])));
  return new Map(addresses.flatMap(([id, address]) => (address ? [[id, address]] : [])));
}

/** @param {string} apiRoot @param {string} id @param {typeof fetch} fetchResponse @returns {Promise<string | null>} */
async function loadAddress(apiRoot, id, fetchResponse) {
  const path = encodeIdPath(id);
  const response = path && (await fetchResponse(`${apiRoot}/card/parcels/${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
  if (!response || !response.ok) return null;
  const card = await response.json();
  return card.id === id ? card.properties.address : null; // the path may lead to another parcel
}
