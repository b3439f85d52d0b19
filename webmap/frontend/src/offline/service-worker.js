// The service worker: caches the site's own files and visited pages and tiles, and serves downloaded towns while offline.
// Tile URLs contain a hash of their content, so a cached tile never goes stale.
import { clientsClaim } from "workbox-core";
import { ExpirationPlugin } from "workbox-expiration";
import { enable as preloadPages } from "workbox-navigation-preload";
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { registerRoute, setCatchHandler } from "workbox-routing";
import { CacheFirst, NetworkFirst, NetworkOnly } from "workbox-strategies";
import { OFFLINE_CACHE } from "../tiles/pack-cache.js";

/** The files of this build; build.js inserts them. @type {{url: string, revision: null}[]} */
// @ts-expect-error not declared anywhere
const PRECACHED_FILES = globalThis.__SHELL__;
const NETWORK_TIMEOUT_S = 3; // after that a cached page is shown
const MAX_CACHED_TILES = 1_500; // of tiles that were viewed, not of downloaded towns

precacheAndRoute(PRECACHED_FILES);
cleanupOutdatedCaches();
preloadPages(); // pages load while this worker starts
/** @type {any} */ (self).skipWaiting();
clientsClaim();

const pageStrategy = new NetworkFirst({ cacheName: "pages", networkTimeoutSeconds: NETWORK_TIMEOUT_S, matchOptions: { ignoreSearch: true, ignoreVary: true }, plugins: [{ cacheKeyWillBeUsed: withoutQuery }] });
// The URL names the data version.
const townStrategy = new CacheFirst({ cacheName: "figures", plugins: [new ExpirationPlugin({ maxEntries: 40 }), { handlerDidError: latestTowns }] });
const tileStrategy = new CacheFirst({ cacheName: "tiles", plugins: [new ExpirationPlugin({ maxEntries: MAX_CACHED_TILES, purgeOnQuotaError: true })] });
const offlineStrategy = new CacheFirst({ cacheName: OFFLINE_CACHE, matchOptions: { ignoreVary: true } });

registerRoute(({ request, url }) => request.mode === "navigate" && /^\/(map\/\w+)?$/.test(url.pathname), pageStrategy);
registerRoute(({ url }) => /^\/(tiles|values)\//.test(url.pathname), tileStrategy);
registerRoute(({ url }) => url.pathname === "/api/v1/towns.geojson", townStrategy);
// Address files are served from the cache of downloaded towns. A download uses `cache: "reload"`, and so reaches the server.
registerRoute(({ url, request }) => url.pathname.startsWith("/api/v1/find/") && request.cache !== "reload", offlineStrategy);
// Other pages are not cached: offline, a page says so and links back.
registerRoute(({ request }) => request.mode === "navigate", new NetworkOnly());
setCatchHandler(async ({ request }) => (request.mode === "navigate" ? ((await caches.match("/offline")) ?? Response.error()) : Response.error()));
self.addEventListener("install", (event) => /** @type {any} */ (event).waitUntil(caches.open("pages").then((cache) => cache.add("/offline"))));

/** Returns the most recent response for towns, for use offline. @returns {Promise<Response | undefined>} */
async function latestTowns() {
  const cache = await caches.open("figures");
  const last = (await cache.keys()).at(-1);
  return last && cache.match(last);
}

/** Removes the query from a page's URL: the page reads it itself, so the HTML does not depend on it. @param {{request: Request}} context */
async function withoutQuery({ request }) {
  const url = new URL(request.url);
  return url.origin + url.pathname;
}
