// Reads Mapbox Vector Tiles 2.1 (https://github.com/mapbox/vector-tile-spec/tree/master/2.1) into plain arrays, in one pass and without copies.

/**
 * @typedef {import("../told.js").Properties} Properties
 * @typedef {{number: number, kind: number, lines: number[][], properties: Properties}} Shape kind 1 points, 2 lines, 3 areas; each line as x, y, x, y in units of the tile
 */

const text = new TextDecoder();

/** A protocol buffer that is read from its beginning on (https://protobuf.dev/programming-guides/encoding). */
export class Buffer {
  /** @param {Uint8Array} bytes @param {number} at @param {number} end */
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Read each field by its key; whoever reads none has it passed over. @param {(key: number) => void} read */
  fields(read) {
    while (this.at < this.end) {
      const head = this.whole();
      const before = this.at;
      read(head >>> 3);
      if (this.at === before) this.pass(head & 7);
    }
  }

  /** Read a whole number; exact up to 2 to the 53rd. */
  whole() {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  /** Read a whole number that may be below zero: odd ones are. */
  signed() {
    const value = this.whole();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  /** Give what follows with its length. */
  part() {
    const size = this.whole();
    const part = new Buffer(this.bytes, this.at, Math.min(this.end, this.at + size));
    this.at += size;
    return part;
  }

  text() {
    const { at, end } = this.part();
    return text.decode(this.bytes.subarray(at, end));
  }

  /** @param {number} wide how many bytes */
  number(wide) {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, wide);
    this.at += wide;
    return wide === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }

  /** @param {number} type */
  pass(type) {
    if (type === 0) this.whole();
    else if (type === 2) this.part();
    else this.at += type === 5 ? 4 : 8;
  }
}

/** Read the layers of a tile. @param {ArrayBuffer} body @returns {Record<string, Shape[]>} */
export function readTile(body) {
  /** @type {Record<string, Shape[]>} */
  const layers = {};
  const tile = new Buffer(new Uint8Array(body));
  tile.fields((key) => {
    if (key !== 3) return;
    const { name, shapes } = layerOf(tile.part());
    layers[name] = shapes;
  });
  return layers;
}

/** @param {Buffer} layer */
function layerOf(layer) {
  let name = "";
  /** @type {Buffer[]} */
  const features = [];
  /** @type {string[]} */
  const keys = [];
  /** @type {any[]} */
  const values = [];
  layer.fields((key) => {
    if (key === 1) name = layer.text();
    else if (key === 2) features.push(layer.part());
    else if (key === 3) keys.push(layer.text());
    else if (key === 4) values.push(valueOf(layer.part()));
  });
  return { name, shapes: features.map((feature) => shapeOf(feature, keys, values)) };
}

/** @param {Buffer} feature @param {string[]} keys @param {any[]} values @returns {Shape} */
function shapeOf(feature, keys, values) {
  /** @type {Shape} */
  const shape = { number: -1, kind: 0, lines: [], properties: {} };
  feature.fields((key) => {
    if (key === 1) shape.number = feature.whole();
    else if (key === 2) {
      const tags = feature.part();
      while (tags.at < tags.end) shape.properties[keys[tags.whole()] ?? ""] = values[tags.whole()];
    } else if (key === 3) shape.kind = feature.whole();
    else if (key === 4) shape.lines = linesOf(feature.part());
  });
  return shape;
}

/** @param {Buffer} commands */
function linesOf(commands) {
  /** @type {number[][]} */
  const lines = [];
  /** @type {number[]} */
  let line = [];
  let [x, y] = [0, 0];
  while (commands.at < commands.end) {
    const head = commands.whole();
    if ((head & 7) === 7) line.push(line[0] ?? 0, line[1] ?? 0); // back to where the ring began
    else {
      for (let left = head >>> 3; left > 0; left -= 1) {
        x += commands.signed();
        y += commands.signed();
        if ((head & 7) === 1) lines.push((line = []));
        line.push(x, y);
      }
    }
  }
  return lines;
}

/** @param {Buffer} value */
function valueOf(value) {
  /** @type {any} */
  let read = null;
  value.fields((key) => {
    if (key === 1) read = value.text();
    else if (key === 2 || key === 3) read = value.number(key === 2 ? 4 : 8);
    else if (key === 4 || key === 5) read = value.whole();
    else if (key === 6) read = value.signed();
    else if (key === 7) read = value.whole() === 1;
  });
  return read;
}
