// The address search without a server: the index that was taken along, opened when it is first asked.
import { ALONG } from "../kept.js";
import { find } from "./find.js";
import { Index } from "./index.js";

const API = "/api/v1/find";
/** @type {Promise<Index | null> | null} */
let opened = null;

/** Answer as the server does; null where no index was taken along. @param {string} query @param {{limit?: number, near?: [number, number], town?: string}} options */
export async function answer(query, options) {
  opened ??= open().catch(() => null);
  const index = await opened;
  if (!index) opened = null; // perhaps one is taken along meanwhile
  return index && find(index, query, options);
}

async function open() {
  const cache = await caches.open(ALONG);
  const bytes = async (/** @type {Request | string} */ request) => {
    const kept = await cache.match(request, { ignoreVary: true });
    return kept ? new Uint8Array(await kept.arrayBuffer()) : null;
  };
  const [head, corners] = await Promise.all([bytes(`${API}/index.bin`), bytes(`${API}/corners.bin`)]);
  if (!head) return null;
  const index = new Index(head);
  if (corners) index.addCorners(corners);
  for (const request of await cache.keys()) {
    const file = request.url.includes(`${API}/towns/`) ? await bytes(request) : null;
    if (file) index.add(file);
  }
  return index;
}
