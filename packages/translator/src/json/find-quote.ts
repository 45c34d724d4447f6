/** Offset of the first quote from `from` on, or the length. Words are read with their first byte lowest, so that the lowest mark is exact. */
export function findQuote(view: DataView, from: number, length: number): number {
  let next = from;
  while (next + 8 <= length) {
    const a = view.getInt32(next, true) ^ 0x22222222;
    const inA = (a - 0x01010101) & ~a & 0x80808080;
    if (inA !== 0) return next + ((31 - Math.clz32(inA & -inA)) >> 3);
    const b = view.getInt32(next + 4, true) ^ 0x22222222;
    const inB = (b - 0x01010101) & ~b & 0x80808080;
    if (inB !== 0) return next + 4 + ((31 - Math.clz32(inB & -inB)) >> 3);
    next += 8;
  }
  while (next < length && view.getUint8(next) !== 0x22) next += 1;
  return next;
}
