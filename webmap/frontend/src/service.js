// The service worker: keeps the shell and what was seen, and hands out what was taken along where there is no signal.
// Tiles' addresses hold a mark of their content, so what is kept under one is right for ever.
import { clientsClaim } from "workbox-core";
import { ExpirationPlugin } from "workbox-expiration";
import { enable as preloadPages } from "workbox-navigation-preload";
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { registerRoute, setCatchHandler } from "workbox-routing";
import { CacheFirst, NetworkFirst, NetworkOnly } from "workbox-strategies";
import { ALONG } from "./kept.js";

/** Files of this build; put in by the build. @type {{url: string, revision: null}[]} */
// @ts-expect-error nobody else declares it
const SHELL = globalThis.__SHELL__;
const PATIENCE_S = 3; // how long an answer is waited for while an older one is at hand
const SEEN = 1_500; // tiles that were looked at

precacheAndRoute(SHELL);
cleanupOutdatedCaches();
preloadPages(); // a page is asked for while this worker starts
/** @type {any} */ (self).skipWaiting();
clientsClaim();

const pages = new NetworkFirst({ cacheName: "pages", networkTimeoutSeconds: PATIENCE_S, matchOptions: { ignoreSearch: true, ignoreVary: true }, plugins: [{ cacheKeyWillBeUsed: bare }] });
// Their address names the version that they are of.
const figures = new CacheFirst({ cacheName: "figures", plugins: [new ExpirationPlugin({ maxEntries: 40 }), { handlerDidError: lastFigures }] });
const tiles = new CacheFirst({ cacheName: "tiles", plugins: [new ExpirationPlugin({ maxEntries: SEEN, purgeOnQuotaError: true })] });
const along = new CacheFirst({ cacheName: ALONG, matchOptions: { ignoreVary: true } });

registerRoute(({ request, url }) => request.mode === "navigate" && /^\/(map\/\w+)?$/.test(url.pathname), pages);
registerRoute(({ url }) => /^\/(tiles|values)\//.test(url.pathname), tiles);
registerRoute(({ url }) => url.pathname === "/api/v1/towns.geojson", figures);
// Address files are taken along with a town; else, and to take them anew, the server is asked.
registerRoute(({ url, request }) => url.pathname.startsWith("/api/v1/find/") && request.cache !== "reload", along);
// Of other pages nothing is kept: without a signal a page says so, and leads back.
registerRoute(({ request }) => request.mode === "navigate", new NetworkOnly());
setCatchHandler(async ({ request }) => (request.mode === "navigate" ? ((await caches.match("/offline")) ?? Response.error()) : Response.error()));
self.addEventListener("install", (event) => /** @type {any} */ (event).waitUntil(caches.open("pages").then((cache) => cache.add("/offline"))));

/** Without a signal the figures that came last are better than none. @returns {Promise<Response | undefined>} */
async function lastFigures() {
  const cache = await caches.open("figures");
  const last = (await cache.keys()).at(-1);
  return last && cache.match(last);
}

/** A page is the same whatever its address asks: the map reads that itself. @param {{request: Request}} asked */
async function bare({ request }) {
  const url = new URL(request.url);
  return url.origin + url.pathname;
}
