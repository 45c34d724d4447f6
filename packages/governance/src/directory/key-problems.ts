import { parseAddressRange } from "./address-range.ts";
import type { Report } from "./directory-problems.ts";
import type { KeyRules } from "./directory-rules.ts";
import { twins } from "./twins.ts";

/** Reports what is wrong with the keys themselves: values and ids that come twice, times and addresses that are none. */
export function keyProblems(keys: readonly KeyRules[], error: Report): void {
  const twin = (index: number, field: readonly string[], other: number): void => {
    const what = field[0] === "id" ? "id" : "value";
    const message = `key "${keys[index]?.name}" has the ${what} of key "${keys[other]?.name}"; give each its own`;
    error(["keys", index, ...field], message);
  };
  for (const { index, first } of twins(keys, ({ digest }) => digest)) twin(index, ["digest"], first);
  for (const { index, first } of twins(keys, ({ id }) => id)) twin(index, ["id"], first);
  checkPrevious(keys, twin);
  for (const [index, key] of keys.entries()) {
    checkTimes(key, (field, message) => error(["keys", index, ...field], message));
    if (key.addresses === undefined) continue;
    for (const [at, range] of key.addresses.entries()) {
      const parsed = parseAddressRange(range);
      if (typeof parsed === "string") error(["keys", index, "addresses", at], `"${range.slice(0, 80)}" ${parsed}`);
    }
  }
}

/** Few keys are being replaced, so the values of all are looked through only where some are. */
function checkPrevious(
  keys: readonly KeyRules[],
  twin: (index: number, field: readonly string[], other: number) => void,
): void {
  if (!keys.some(({ previous }) => previous !== undefined)) return;
  const owners = new Map(keys.map(({ digest }, index) => [digest, index]));
  for (const [index, { previous }] of keys.entries()) {
    const other = previous && owners.get(previous.digest);
    if (other !== undefined) twin(index, ["previous", "digest"], other);
    else if (previous !== undefined) owners.set(previous.digest, index);
  }
}

/** The last moment that a date can be. */
const latestMs = 8.64e15;

function checkTimes({ name, expiresAtMs, revokedAtMs, previous }: KeyRules, error: Report): void {
  if (expiresAtMs === undefined && revokedAtMs === undefined && previous === undefined) return;
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
