// Searches addresses offline, with the downloaded index.
import { OFFLINE_CACHE } from "../../tiles/pack-cache.js";
import { find } from "./geocoder.js";
import { AddressIndex } from "./address-index.js";

const FIND_API_URL = "/api/v1/find";
/** @type {Promise<AddressIndex | null> | null} */
let indexPromise = null;

/** Answers a query as the server does; null where no index was downloaded. @param {string} query @param {{limit?: number, near?: [number, number], town?: string}} options */
export async function geocodeOffline(query, options) {
  indexPromise ??= openIndex().catch(() => null);
  const index = await indexPromise;
  if (!index) indexPromise = null; // one may be downloaded later
  return index && find(index, query, options);
}

async function openIndex() {
  const cache = await caches.open(OFFLINE_CACHE);
  const readBytes = async (/** @type {Request | string} */ request) => {
    const response = await cache.match(request, { ignoreVary: true });
    return response ? new Uint8Array(await response.arrayBuffer()) : null;
  };
  const [indexBytes, intersectionBytes] = await Promise.all([readBytes(`${FIND_API_URL}/index.bin`), readBytes(`${FIND_API_URL}/corners.bin`)]);
  if (!indexBytes) return null;
  const index = new AddressIndex(indexBytes);
  if (intersectionBytes) index.addIntersections(intersectionBytes);
  for (const request of await cache.keys()) {
    const file = request.url.includes(`${FIND_API_URL}/towns/`) ? await readBytes(request) : null;
    if (file) index.addTown(file);
  }
  return index;
}
