// Where the browser keeps towns that were taken along: packs, and their addresses.

export const ALONG = "along";

/** Whether any town was taken along. Browsers keep nothing where the page came without https. */
export async function anyKept() {
  return "caches" in globalThis && caches.has(ALONG);
}
