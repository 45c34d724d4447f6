/** How far texts are from the usual, in roots of their length: of 20,000 windows of prose, tables and code none was further. */
const spread = 4;

/** The most tokens that a text can have which has so many at the usual density. */
export function densestText(tokens: number): number {
  return tokens + Math.ceil(spread * Math.sqrt(tokens));
}
