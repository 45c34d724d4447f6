/** How many milliseconds the clocks of a time zone are ahead of UTC at an instant. */
export type OffsetAt = (timeZone: string, atMs: number) => number;

/**
 * Reads the offsets of time zones from the runtime's own data, with one formatter a zone that is made once.
 * The function throws a RangeError for a name that is no time zone.
 */
export function zoneOffsets(): OffsetAt {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (timeZone, atMs) => {
    if (timeZone === "UTC") return 0;
    let format = formats.get(timeZone);
    if (format === undefined) {
      format = formatOf(timeZone);
      formats.set(timeZone, format);
    }
    const wholeSeconds = Math.floor(atMs / 1000) * 1000;
    return wallClock(format, wholeSeconds) - wholeSeconds;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US-u-ca-iso8601", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}

/** What the clocks show, as if they showed UTC. */
function wallClock(format: Intl.DateTimeFormat, atMs: number): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(atMs)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
