const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC-32 of the bytes from `start` to `end`, as in IEEE 802.3. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let value = ~0;
  for (let at = start; at < end; at++) {
    value = (table[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return ~value >>> 0;
}
