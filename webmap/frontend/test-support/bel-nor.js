// The gazetteer of two towns, with the kinds of addresses that are hard to find.
import { openGazetteer } from "./small-gazetteer.js";

const BEL_NOR = { town: "Bel-Nor", zip: "63121" };
const NORMANDY = { town: "Normandy", zip: "63121", postal: "Saint Louis" };

export const GAZETTEER = openGazetteer({
  addresses: [
    { street: "N Oak St", number: 4_021, parcel: "12-1", lon: -90.301, lat: 38.701, ...BEL_NOR },
    { street: "N Oak St", number: 4_022, parcel: "12-2", ...BEL_NOR },
    { street: "N Oak St", number: 4_025, high: 4_029, parcel: "12-3", ...BEL_NOR },
    { street: "N Oak St", number: 4_131, letter: "R", parcel: "12-4", ...BEL_NOR },
    { street: "Natural Bridge Rd", number: 7_201, parcel: "13-1", lon: -90.31, lat: 38.7, ...NORMANDY },
    { street: "Natural Bridge Rd", number: 7_203, parcel: "13-2", lon: -90.312, lat: 38.7, ...NORMANDY },
    { street: "Natural Bridge Rd", number: 7_305, parcel: "13-3", ...NORMANDY },
    { street: "Burrwood Dr", number: 12, unit: "APT 1", parcel: "14-1", ...BEL_NOR },
    { street: "Burrwood Dr", number: 12, unit: "APT 2", parcel: "14-1", ...BEL_NOR },
    { street: "Burrwood Dr", number: 14, frac: "1/2", parcel: "14-3", ...BEL_NOR },
    { street: "Elm Ave", number: 100, parcel: "15-1", lon: -90.3, lat: 38.7, ...BEL_NOR },
    { street: "Elm Ave", number: 100, parcel: "15-2", lon: -90.35, lat: 38.71, ...NORMANDY },
    { street: "Lucas and Hunt Rd", number: 7_300, parcel: "16-1", ...NORMANDY },
    { street: "66th St", number: 1_744, parcel: "17-1", ...BEL_NOR },
  ],
  aliases: [{ street: "Natural Bridge Rd", alias: "MO-115" }, { street: "Burrwood Dr", alias: "Millionaires Row", town: "Bel-Nor" }],
  corners: [
    { streets: ["N Oak St", "Elm Ave"], lon: -90.3005, lat: 38.7005, town: "Bel-Nor" },
    { streets: ["Lucas and Hunt Rd", "Natural Bridge Rd"], lon: -90.31, lat: 38.7001, town: "Normandy" },
    { streets: ["Lucas and Hunt Rd", "Natural Bridge Rd"], lon: -90.3102, lat: 38.7002, town: "Normandy" },
    { streets: ["Lucas and Hunt Rd", "Elm Ave"], lon: -90.32, lat: 38.71 },
  ],
  landmarks: [["City Hall", "Bel-Nor", -90.302, 38.702], ["City Park", null, null, null]],
  oldIds: [["OLD-9", "12-1"]],
  parcels: [{ id: "99-1", town: "Normandy", lon: -90.33, lat: 38.72 }],
});
