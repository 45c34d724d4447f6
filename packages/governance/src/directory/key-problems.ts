import { parseAddressRange } from "./address-range.ts";
import type { Report } from "./directory-problems.ts";
import type { KeyRules } from "./directory-rules.ts";

/** Reports what is wrong with the keys themselves: values and ids that come twice, times and addresses that are none. */
export function keyProblems(keys: readonly KeyRules[], error: Report): void {
  const digests = new Map<string, number>();
  const ids = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const path = ["keys", index];
    const claim = (field: readonly string[], value: string | undefined): void => {
      if (value === undefined) return;
      const [what, seen] = field[0] === "id" ? (["id", ids] as const) : (["value", digests] as const);
      const earlier = seen.get(value);
      if (earlier === undefined) seen.set(value, index);
      else
        error(
          [...path, ...field],
          `key "${key.name}" has the ${what} of key "${keys[earlier]?.name}"; give each its own`,
        );
    };
    claim(["digest"], key.digest);
    claim(["previous", "digest"], key.previous?.digest);
    claim(["id"], key.id);
    checkTimes(key, (field, message) => error([...path, ...field], message));
    for (const [at, range] of (key.addresses ?? []).entries()) {
      const parsed = parseAddressRange(range);
      if (typeof parsed === "string") error([...path, "addresses", at], `"${range.slice(0, 80)}" ${parsed}`);
    }
  }
}

/** The last moment that a date can be. */
const latestMs = 8.64e15;

function checkTimes({ name, expiresAtMs, revokedAtMs, previous }: KeyRules, error: Report): void {
  const times = [
    { field: ["expiresAtMs"], ms: expiresAtMs },
    { field: ["revokedAtMs"], ms: revokedAtMs },
    { field: ["previous", "untilMs"], ms: previous?.untilMs },
  ];
  for (const { field, ms } of times) {
    if (ms === undefined || (Number.isSafeInteger(ms) && ms >= 0 && ms <= latestMs)) continue;
    error(field, `key "${name}" has the time ${ms}; give whole milliseconds since 1970`);
  }
}
