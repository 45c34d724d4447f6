/** The lines of a gateway's log that describe exchanges. */
export function exchangeLines(output: string): readonly Readonly<Record<string, unknown>>[] {
  return jsonLines(output).filter((line) => line["event"] === "exchange" || line["msg"] === "exchange");
}

function jsonLines(output: string): Readonly<Record<string, unknown>>[] {
  return output.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isFields(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
