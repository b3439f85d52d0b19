// Names the browser cache that holds downloaded towns: their packs and address files.

export const OFFLINE_CACHE = "along"; // the stored name; it never changes, so that downloaded towns survive an update

/** Returns whether any town was downloaded. Browsers have no cache on pages without https. */
export async function hasOfflineTowns() {
  return "caches" in globalThis && caches.has(OFFLINE_CACHE);
}
