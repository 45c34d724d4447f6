/**
 * Lines of a gateway's log that no fault explains: a defect of its own, and limits of which Redis has counted more than the
 * book, or holds more than its holds. That it has counted less comes of gateways that were killed with the last word.
 */
export function alarmsIn(log: string): string[] {
  return log.split("\n").filter((line) => {
    if (line.includes('"msg":"defect"')) return true;
    // One who is killed leaves half a line.
    if (!line.includes('"event":"drift"') || !line.endsWith("}")) return false;
    const { settled, held }: { readonly settled: number; readonly held: number } = JSON.parse(line);
    return settled > 0 || held !== 0;
  });
}
