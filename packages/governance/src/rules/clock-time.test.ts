import fc from "fast-check";
import { expect, test } from "vitest";
import { zoneOffsets } from "../limits/zone-offsets.ts";
import { clockTime } from "./clock-time.ts";

test("shows what the runtime's own calendar shows, in any zone and before 1970 too", () => {
  const offsetAt = zoneOffsets();
  const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati");
  const instants = fc.integer({ min: Date.parse("1960-01-01T00:00:00Z"), max: Date.parse("2100-01-01T00:00:00Z") });
  fc.assert(
    fc.property(zones, instants, (timeZone, atMs) => {
      const shown = (options: Intl.DateTimeFormatOptions): string =>
        new Intl.DateTimeFormat("en-CA", { timeZone, hourCycle: "h23", ...options }).format(atMs);
      const { hour, minute, weekday, date } = clockTime(atMs, timeZone, offsetAt);
      expect([hour, minute]).toEqual([Number(shown({ hour: "2-digit" })), Number(shown({ minute: "2-digit" }))]);
      expect(weekday).toBe(shown({ weekday: "short" }).slice(0, 3).toLowerCase());
      expect(date).toBe(shown({ year: "numeric", month: "2-digit", day: "2-digit" }));
    }),
    { numRuns: 200 },
  );
});
