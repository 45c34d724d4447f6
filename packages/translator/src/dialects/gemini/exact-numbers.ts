const suspicious = /\d{16}|\d[eE][+-]?\d{3}/;
const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const mark = "\\u0000";
const marked = /"\\u0000(-?\d[\d.eE+-]*)"/g;

/** JSON in which numbers that JavaScript would round stand as marked strings; {@link restoreNumbers} undoes it. */
export function keepNumbers(json: string): string {
  if (!suspicious.test(json)) return json;
  return json.replaceAll(tokens, (token) => (isInexact(token) ? `"${mark}${token}"` : token));
}

/** Puts the numbers back, digit by digit as they came, into JSON made of what {@link keepNumbers} gave. */
export function restoreNumbers(json: string): string {
  return json.includes(mark) ? json.replaceAll(marked, "$1") : json;
}

function isInexact(token: string): boolean {
  if (token.startsWith('"')) return false;
  const value = Number(token);
  if (Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) return true;
  if (/^-?\d+$/.test(token)) return !Number.isSafeInteger(value);
  return token.replaceAll(/[eE].*|\D/g, "").length > 17;
}
