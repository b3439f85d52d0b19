// Leaflet's parts one by one: `leaflet` itself has types, and what is imported as that is checked by them.
declare module "leaflet/src/*";
