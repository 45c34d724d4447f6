const other = 0;
const space = 1;
const breaks = 2;
/** From here on a run is made of one kind; up to here, of one character. */
const lower = 3;
const upper = 4;
const digit = 5;
const accented = 6;
const alphabetic = 7;
const abugida = 8;
const box = 9;
const hangul = 10;
const ideographic = 11;
const symbolic = 12;
/** One upper-case letter, where a word may begin; only ever what stands before. */
const capital = 13;
const kindCount = 16;

/** What each UTF-16 unit counts as. Ranges are those of Unicode's blocks; later lines override earlier ones. */
const kinds = new Uint8Array(0x1_0000)
  .fill(symbolic)
  .fill(other, 0, 0x80)
  .fill(lower, 0x61, 0x7b)
  .fill(upper, 0x41, 0x5b)
  .fill(digit, 0x30, 0x3a)
  .fill(space, 0x20, 0x21)
  .fill(breaks, 0x09, 0x0b)
  .fill(breaks, 0x0d, 0x0e)
  .fill(accented, 0x80, 0x250)
  .fill(alphabetic, 0x250, 0x530)
  .fill(abugida, 0x530, 0x1e00)
  .fill(accented, 0x1e00, 0x1f00)
  .fill(alphabetic, 0x1f00, 0x2000)
  .fill(box, 0x2500, 0x25a0)
  .fill(ideographic, 0x3040, 0xa000)
  .fill(hangul, 0xac00, 0xd7b0);

/** What it costs or saves that a run of one kind follows another, at `before * kindCount + kind`. */
const seams = new Float64Array(kindCount * kindCount);
seams[capital * kindCount + lower] = -1;
seams[digit * kindCount + lower] = 0.3;
seams[digit * kindCount + upper] = 0.3;
seams[lower * kindCount + upper] = 0.15;
seams[other * kindCount + other] = -0.1;
// A space goes into the token of the word behind it, but never into that of a number.
seams[space * kindCount + digit] = 1;

/** Vocabularies differ; this much more than a usual one needs keeps the estimate from falling below the truth. */
const margin = 1.12;

/**
 * How many tokens a text comes to, estimated in one pass that prices runs of like characters. Against the o200k
 * vocabulary it says 20 % more at the median, from 5 % less (base64, drawings) to 45 % more on English, code, JSON,
 * schemas, logs, markup and Chinese, Japanese or Korean text; on Polish and its like 15 % less. Long runs of one
 * character and Vietnamese are overrated. Claude's own vocabulary makes some 20 to 35 % more of a text than o200k.
 */
export function estimateTokens(text: string): number {
  const { length } = text;
  let tokens = 0;
  let before = space;
  let at = 0;
  while (at < length) {
    const start = at;
    const first = text.charCodeAt(at);
    const kind = kinds[first] ?? other;
    at += 1;
    if (kind < lower) while (at < length && text.charCodeAt(at) === first) at += 1;
    else while (at < length && kinds[text.charCodeAt(at)] === kind) at += 1;
    tokens += priceOfRun(kind, at - start) + (seams[before * kindCount + kind] ?? 0);
    before = standsBefore(kind, at - start);
  }
  return Math.ceil(tokens * margin);
}

function standsBefore(kind: number, length: number): number {
  if (kind === upper && length === 1) return capital;
  return kind === space && length > 1 ? breaks : kind;
}

function priceOfRun(kind: number, length: number): number {
  switch (kind) {
    case lower:
      return length > 7 ? 1 + (length - 7) / 4 : 1;
    case upper:
      return length > 3 ? 1 + (length - 3) * 0.15 : 1;
    case digit:
      return Math.ceil(length / 3);
    case space:
      return length > 1 ? Math.max(1, length / 40) : 0;
    case breaks:
      return 1 + Math.floor(length / 16);
    case other:
      return length > 1 ? 0.9 + (length - 1) / 12 : 0.7;
    default:
      return length * (unitPrices[kind] ?? 1);
  }
}

/** Tokens a UTF-16 unit, by script. An emoji is two units; accents cut words in two. */
const unitPrices = new Float64Array(kindCount);
unitPrices[accented] = 1.1;
unitPrices[alphabetic] = 0.38;
unitPrices[abugida] = 0.42;
unitPrices[box] = 0.62;
unitPrices[hangul] = 0.82;
unitPrices[ideographic] = 0.95;
unitPrices[symbolic] = 1.1;
