// Reads Mapbox Vector Tiles 2.1 (https://github.com/mapbox/vector-tile-spec/tree/master/2.1) into plain arrays, in one pass and without copies.

/**
 * @typedef {import("../map/page-config.js").Properties} Properties
 * @typedef {{featureNumber: number, geometryType: number, lines: number[][], properties: Properties}} TileFeature geometry type 1 is points, 2 lines, 3 polygons; each line is x, y, x, y in tile units
 */

const textDecoder = new TextDecoder();

/** Reads a protocol buffer from start to end (https://protobuf.dev/programming-guides/encoding). */
export class ProtobufReader {
  /** @param {Uint8Array} bytes @param {number} position @param {number} end */
  constructor(bytes, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Calls a function with the number of each field. A field that it does not read is skipped. @param {(fieldNumber: number) => void} onField */
  readFields(onField) {
    while (this.position < this.end) {
      const tag = this.readVarint();
      const start = this.position;
      onField(tag >>> 3);
      if (this.position === start) this.skipField(tag & 7);
    }
  }

  /** Reads a whole number, exact up to 2^53. */
  readVarint() {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = this.bytes[this.position++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  /** Reads a signed whole number in zigzag encoding. */
  readSignedVarint() {
    const value = this.readVarint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  /** Returns a reader of the next length-delimited field. */
  readMessage() {
    const size = this.readVarint();
    const message = new ProtobufReader(this.bytes, this.position, Math.min(this.end, this.position + size));
    this.position += size;
    return message;
  }

  readString() {
    const { position, end } = this.readMessage();
    return textDecoder.decode(this.bytes.subarray(position, end));
  }

  /** @param {number} byteCount 4 or 8 */
  readFloat(byteCount) {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.position, byteCount);
    this.position += byteCount;
    return byteCount === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }

  /** @param {number} wireType */
  skipField(wireType) {
    if (wireType === 0) this.readVarint();
    else if (wireType === 2) this.readMessage();
    else this.position += wireType === 5 ? 4 : 8;
  }
}

/** Reads the layers of a tile. @param {ArrayBuffer} body @returns {Record<string, TileFeature[]>} */
export function readTile(body) {
  /** @type {Record<string, TileFeature[]>} */
  const layers = {};
  const tile = new ProtobufReader(new Uint8Array(body));
  tile.readFields((fieldNumber) => {
    if (fieldNumber !== 3) return;
    const { name, features } = readLayer(tile.readMessage());
    layers[name] = features;
  });
  return layers;
}

/** @param {ProtobufReader} layer */
function readLayer(layer) {
  let name = "";
  /** @type {ProtobufReader[]} */
  const messages = [];
  /** @type {string[]} */
  const keys = [];
  /** @type {any[]} */
  const values = [];
  layer.readFields((fieldNumber) => {
    if (fieldNumber === 1) name = layer.readString();
    else if (fieldNumber === 2) messages.push(layer.readMessage());
    else if (fieldNumber === 3) keys.push(layer.readString());
    else if (fieldNumber === 4) values.push(readValue(layer.readMessage()));
  });
  return { name, features: messages.map((message) => readFeature(message, keys, values)) };
}

/** @param {ProtobufReader} message @param {string[]} layerKeys @param {any[]} layerValues @returns {TileFeature} */
function readFeature(message, layerKeys, layerValues) {
  /** @type {TileFeature} */
  const feature = { featureNumber: -1, geometryType: 0, lines: [], properties: {} };
  message.readFields((fieldNumber) => {
    if (fieldNumber === 1) feature.featureNumber = message.readVarint();
    else if (fieldNumber === 2) {
      const tags = message.readMessage();
      while (tags.position < tags.end) feature.properties[layerKeys[tags.readVarint()] ?? ""] = layerValues[tags.readVarint()];
    } else if (fieldNumber === 3) feature.geometryType = message.readVarint();
    else if (fieldNumber === 4) feature.lines = readGeometry(message.readMessage());
  });
  return feature;
}

/** @param {ProtobufReader} commands */
function readGeometry(commands) {
  /** @type {number[][]} */
  const lines = [];
  /** @type {number[]} */
  let line = [];
  let [x, y] = [0, 0];
  while (commands.position < commands.end) {
    const command = commands.readVarint();
    if ((command & 7) === 7) line.push(line[0] ?? 0, line[1] ?? 0); // close the ring
    else {
      for (let remaining = command >>> 3; remaining > 0; remaining -= 1) {
        x += commands.readSignedVarint();
        y += commands.readSignedVarint();
        if ((command & 7) === 1) lines.push((line = []));
        line.push(x, y);
      }
    }
  }
  return lines;
}

/** @param {ProtobufReader} message */
function readValue(message) {
  /** @type {any} */
  let result = null;
  message.readFields((fieldNumber) => {
    if (fieldNumber === 1) result = message.readString();
    else if (fieldNumber === 2 || fieldNumber === 3) result = message.readFloat(fieldNumber === 2 ? 4 : 8);
    else if (fieldNumber === 4 || fieldNumber === 5) result = message.readVarint();
    else if (fieldNumber === 6) result = message.readSignedVarint();
    else if (fieldNumber === 7) result = message.readVarint() === 1;
  });
  return result;
}
