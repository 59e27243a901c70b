// Writes a database of places in MaxMind's format (maxmind.github.io/MaxMind-DB), as small as a
// scenario needs: {"198.51.100.0/24": {country: {iso_code: "SI"}}, …}, IPv4 and IPv6 in one tree.
import { isIPv4 } from "node:net";

const STRING = 2, DOUBLE = 3, UINT16 = 5, UINT32 = 6, MAP = 7, UINT64 = 9, ARRAY = 11;

const control = (type, size) => {
  if (size > 28) throw new Error(`${size} is more than a test needs`);
  return type < 8 ? Buffer.from([(type << 5) | size]) : Buffer.from([size, type - 7]);
};
const unsigned = (type, n, bytes) => {
  const whole = Buffer.alloc(8);
  whole.writeBigUInt64BE(BigInt(n));
  return Buffer.concat([control(type, bytes), whole.subarray(8 - bytes)]);
};

function encode(value) {
  if (typeof value === "string") return Buffer.concat([control(STRING, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return value; // encoded already
  if (typeof value === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return Buffer.concat([control(DOUBLE, 8), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(ARRAY, value.length), ...value.map(encode)]);
  const members = Object.entries(value);
  return Buffer.concat([control(MAP, members.length), ...members.flatMap(([name, one]) => [encode(name), encode(one)])]);
}

// The bits of a range's network, in the tree of IPv6, where IPv4 lies below ::/96.
function bitsOf(range) {
  const [address, length] = range.split("/");
  const v4 = isIPv4(address);
  const [left, right = ""] = address.split("::");
  const words = (text) => text.split(":").filter(Boolean).map((word) => parseInt(word, 16));
  const gap = address.includes("::") ? 8 - words(left).length - words(right).length : 0;
  const bytes = v4
    ? [...Array(12).fill(0), ...address.split(".").map(Number)]
    : [...words(left), ...Array(gap).fill(0), ...words(right)].flatMap((word) => [word >> 8, word & 255]);
  const bits = bytes.flatMap((byte) => [...byte.toString(2).padStart(8, "0")].map(Number));
  return bits.slice(0, Number(length) + (v4 ? 96 : 0));
}

export function mmdb(places, { built = new Date() } = {}) {
  const nodes = [[null, null]];
  const data = [];
  let size = 0;
  for (const [range, place] of Object.entries(places)) {
    const bits = bitsOf(range);
    let at = 0;
    for (const bit of bits.slice(0, -1)) {
      if (nodes[at][bit] === null) nodes[at][bit] = { node: nodes.push([null, null]) - 1 };
      at = nodes[at][bit].node;
    }
    nodes[at][bits.at(-1)] = { data: size };
    data.push(encode(place));
    size += data.at(-1).length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  const record = (one) => (one === null ? nodes.length : (one.node ?? nodes.length + 16 + one.data));
  nodes.forEach(([zero, one], i) => {
    tree.writeUIntBE(record(zero), i * 6, 3);
    tree.writeUIntBE(record(one), i * 6 + 3, 3);
  });
  const metadata = encode({
    binary_format_major_version: unsigned(UINT16, 2, 2),
    binary_format_minor_version: unsigned(UINT16, 0, 2),
    build_epoch: unsigned(UINT64, Math.floor(built.getTime() / 1000), 8),
    database_type: "Test-City",
    description: { en: "places of a test" },
    ip_version: unsigned(UINT16, 6, 2),
    languages: ["en"],
    node_count: unsigned(UINT32, nodes.length, 4),
    record_size: unsigned(UINT16, 24, 2),
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com"), metadata]);
}
