// Declares Leaflet's single modules, which have no types. `leaflet-core.js` exports them as `leaflet`, which has types.
declare module "leaflet/src/*";
