import type { DirectoryProblem } from "@drawbridge/governance";
import type { DirectorySettings } from "./declared-directory.ts";
import type { LevelSettings } from "./level-schema.ts";
import { type LimitSettings, limitsOf } from "./limits-schema.ts";
import type { ConfigPath } from "./problem.ts";

/** An entry of the file that rules were made of. */
interface Entry {
  readonly path: ConfigPath;
  readonly settings: LimitSettings & Partial<LevelSettings>;
  readonly isKey: boolean;
}

/** Where in the file a problem stands that was found in the rules that `settings` gave. */
export function placeOf({ path }: DirectoryProblem, settings: DirectorySettings): ConfigPath {
  const [section, index, ...rest] = path;
  const entry = section === "keys" ? keyAt(settings, Number(index)) : levelAt(settings, String(section), Number(index));
  return entry === undefined ? [String(section)] : [...entry.path, ...within(entry, rest)];
}

/** Settings by the names that they have in rules. */
const settingNames: Readonly<Record<string, string>> = {
  digest: "value",
  expiresAtMs: "expires",
  revokedAtMs: "revoked",
  untilMs: "until",
};

function within({ settings, path, isKey }: Entry, [field = "", ...below]: ConfigPath): ConfigPath {
  switch (field) {
    case "limits":
      return [...(path[0] === "providers" ? ["limits"] : []), ...limitPlace(settings, below[0])];
    case "providerLimits": {
      const [provider = "", index] = below;
      return [field, provider, ...limitPlace(settings.providerLimits?.[provider] ?? {}, index)];
    }
    case "policy":
      return below;
    case "name":
      return isKey ? [field] : [];
    default:
      return [field, ...below].map((step) => settingNames[step] ?? step);
  }
}

function limitPlace(settings: LimitSettings, index: string | number | undefined): ConfigPath {
  return limitsOf(settings)[Number(index)]?.path ?? [];
}

function keyAt({ keys, keyPlaces }: DirectorySettings, index: number): Entry | undefined {
  const settings = keys[index];
  return settings && { path: ["keys", keyPlaces?.[index] ?? index], settings, isKey: true };
}

function levelAt(
  { customers, teams, users, providers }: DirectorySettings,
  section: string,
  index: number,
): Entry | undefined {
  const sections = new Map<string, Readonly<Record<string, Entry["settings"]>>>(
    Object.entries({ customers, teams, users, providers }),
  );
  const [name, settings] = Object.entries(sections.get(section) ?? {})[index] ?? [];
  return name === undefined || settings === undefined ? undefined : { path: [section, name], settings, isKey: false };
}
