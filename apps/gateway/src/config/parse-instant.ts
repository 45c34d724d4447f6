/** Milliseconds since 1970 from `2027-01-31` (its beginning in UTC) or `2027-01-31T18:00:00Z`; undefined for anything else. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(value) ?? [];
  if (day === undefined) return undefined;
  const ms = Date.parse(value);
  // A day that a month does not have would be taken for one of the next month.
  const isDay = new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(-2));
  return isDay && ms >= 0 && (time === undefined || Number.isFinite(ms)) ? ms : undefined;
}
