import type { CatalogEntry, PlaceRule, Places } from "./catalog/entry.ts";
import type { SettingsProblem } from "./errors.ts";

/** The settings that an address is made of, and what is wrong with them. */
export interface FoundPlaces {
  readonly places: Places;
  readonly problems: readonly SettingsProblem[];
}

/** Takes from settings what the entry's address is made of. With a base URL of the user's own nothing need be there. */
export function findPlaces({ places: rules = [] }: CatalogEntry, settings: Places, ownBaseUrl: boolean): FoundPlaces {
  const problems: SettingsProblem[] = [];
  const places = rules.map((rule): Places => {
    const given = settings[rule.name];
    const value = given === undefined || given === "" ? rule.fallback : (rule.within?.exec(given)?.[1] ?? given);
    const problem = placeProblem(rule, value, ownBaseUrl);
    if (problem !== undefined) problems.push(problem);
    return { [rule.name]: value };
  });
  return { places: Object.assign({}, ...places), problems };
}

function placeProblem(rule: PlaceRule, value: string | undefined, ownBaseUrl: boolean): SettingsProblem | undefined {
  const { name: setting, pattern, variables, wanted } = rule;
  if (value === undefined) {
    if (rule.optional === true || ownBaseUrl) return undefined;
    const usual = variables.length === 0 ? "" : `, usually kept in ${variables.join(" or ")}`;
    return { code: "missing-place", setting, message: `missing; give ${wanted}${usual}` };
  }
  if (pattern.test(value)) return undefined;
  return { code: "invalid-place", setting, message: `"${value.slice(0, 80)}" is not possible; give ${wanted}` };
}
