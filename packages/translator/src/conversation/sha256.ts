const roundConstants = fractionalRoots(64, 1 / 3);
const initialState = fractionalRoots(8, 1 / 2);
const encoder = new TextEncoder();

/**
 * The SHA-256 digest of a text's UTF-8 form, as 64 hex digits. Meant for names and ids: it is synchronous and needs
 * nothing from the runtime, and is not fast on long texts. Source: FIPS 180-4.
 */
export function sha256(text: string): string {
  const state = Uint32Array.from(initialState);
  const words = padded(encoder.encode(text));
  const schedule = new Uint32Array(64);
  for (let offset = 0; offset < words.length; offset += 16) {
    schedule.set(words.subarray(offset, offset + 16));
    expand(schedule);
    compress(state, schedule);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** The message as big-endian words: a one bit, zeros, and the length in bits fill up the last block. */
function padded(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array((((bytes.length + 8) >> 6) + 1) * 16);
  bytes.forEach((byte, index) => put(words, index, byte));
  put(words, bytes.length, 0x80);
  words[words.length - 1] = bytes.length * 8;
  return words;
}

function put(words: Uint32Array, index: number, byte: number): void {
  words[index >> 2] = at(words, index >> 2) | (byte << (24 - (index & 3) * 8));
}

function expand(w: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const early = at(w, i - 15);
    const late = at(w, i - 2);
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[i] = at(w, i - 16) + s0 + at(w, i - 7) + s1;
  }
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  const v = Uint32Array.from(state);
  for (let i = 0; i < 64; i++) {
    const a = at(v, 0);
    const e = at(v, 4);
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & at(v, 5)) ^ (~e & at(v, 6));
    const first = at(v, 7) + s1 + choice + at(roundConstants, i) + at(schedule, i);
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & at(v, 1)) ^ (a & at(v, 2)) ^ (at(v, 1) & at(v, 2));
    v.copyWithin(1, 0, 7);
    v[4] = at(v, 4) + first;
    v[0] = first + s0 + majority;
  }
  state.forEach((word, index) => {
    state[index] = word + at(v, index);
  });
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

/** The first 32 bits of the fractional parts of a root of the first primes. */
function fractionalRoots(count: number, exponent: number): Uint32Array {
  const roots: number[] = [];
  for (let candidate = 2; roots.length < count; candidate++) {
    if (!isPrime(candidate)) continue;
    const root = candidate ** exponent;
    roots.push((root - Math.floor(root)) * 2 ** 32);
  }
  return Uint32Array.from(roots, Math.floor);
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) return false;
  return true;
}
