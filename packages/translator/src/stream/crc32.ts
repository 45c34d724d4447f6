const eight = 8;
const states = 256;
/** For each byte value what it does to the checksum, followed by the same for a byte that one to seven others follow. */
const table = new Int32Array(states * eight);
for (let byte = 0; byte < states; byte++) {
  let value = byte;
  for (let bit = 0; bit < eight; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  table[byte] = value;
}
for (let at = states; at < table.length; at++) {
  const before = entry(at - states);
  table[at] = (before >>> 8) ^ entry(before & 0xff);
}

/**
 * The CRC-32 of the bytes from `start` to `end`, as in IEEE 802.3. Takes eight bytes at a time, which is more than
 * three times as fast as one. Source: Intel, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation".
 */
export function crc32(view: DataView, start = 0, end = view.byteLength): number {
  let value = ~0;
  let at = start;
  for (; at + eight <= end; at += eight) {
    value = lookUp(value ^ view.getInt32(at, true), eight - 1) ^ lookUp(view.getInt32(at + 4, true), 3);
  }
  for (; at < end; at++) value = entry((value ^ view.getUint8(at)) & 0xff) ^ (value >>> 8);
  return ~value >>> 0;
}

/** What four bytes do to the checksum, of which the first has `following` others behind it. */
function lookUp(word: number, following: number): number {
  const first = following * states;
  return (
    entry(first + (word & 0xff)) ^
    entry(first - states + ((word >>> 8) & 0xff)) ^
    entry(first - 2 * states + ((word >>> 16) & 0xff)) ^
    entry(first - 3 * states + (word >>> 24))
  );
}

function entry(at: number): number {
  return table[at] ?? 0;
}
