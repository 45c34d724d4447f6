/** Base64 that comes in pieces, each of which is complete by itself, as one text of base64. */
export function joinBase64(pieces: readonly string[]): string {
  const [only = ""] = pieces;
  if (pieces.length <= 1) return only;
  // Only padding in the middle makes joining more than putting side by side.
  if (pieces.slice(0, -1).every((piece) => !piece.endsWith("="))) return pieces.join("");
  try {
    return btoa(pieces.map((piece) => atob(piece)).join(""));
  } catch {
    return pieces.join("");
  }
}
