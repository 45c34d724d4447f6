/** Joins so many events into one piece each. */
export function inPieces(events: readonly (string | Uint8Array)[], eventsPerPiece: number): Uint8Array[] {
  const bytes = events.map((event) => (typeof event === "string" ? Buffer.from(event) : event));
  return Array.from({ length: Math.ceil(bytes.length / eventsPerPiece) }, (_, index) =>
    Buffer.concat(bytes.slice(index * eventsPerPiece, (index + 1) * eventsPerPiece)),
  );
}
