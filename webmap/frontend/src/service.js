// The service worker: keeps the shell and what was seen, and hands out what was taken along where there is no signal.
// Tiles' addresses hold a mark of their content, so what is kept under one is right for ever.
import { clientsClaim } from "workbox-core";
import { ExpirationPlugin } from "workbox-expiration";
import { enable as preloadPages } from "workbox-navigation-preload";
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst } from "workbox-strategies";
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
const figures = new CacheFirst({ cacheName: "figures", plugins: [new ExpirationPlugin({ maxEntries: 40 })] });
const tiles = new CacheFirst({ cacheName: "tiles", plugins: [new ExpirationPlugin({ maxEntries: SEEN, purgeOnQuotaError: true })] });
const along = new CacheFirst({ cacheName: ALONG, matchOptions: { ignoreVary: true } });

registerRoute(({ request, url }) => request.mode === "navigate" && /^\/(map\/\w+)?$/.test(url.pathname), pages);
registerRoute(({ url }) => /^\/(tiles|values)\//.test(url.pathname), tiles);
registerRoute(({ url }) => url.pathname === "/api/v1/towns.geojson", figures);
// Address files are taken along with a town; else the server is asked.
registerRoute(({ url }) => url.pathname.startsWith("/api/v1/find/"), along);

/** A page is the same whatever its address asks: the map reads that itself. @param {{request: Request}} asked */
async function bare({ request }) {
  const url = new URL(request.url);
  return url.origin + url.pathname;
}
