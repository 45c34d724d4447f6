import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { compileGlob } from "../policy/compile-glob.ts";
import { explainCelError } from "./explain-cel-error.ts";
import { problemAt } from "./problem-at.ts";
import { variables } from "./variables.ts";

/** The language of conditions: CEL with the variables of requests. Made once for all rules of a configuration. */
export interface RuleLanguage {
  /** The checked tree of a condition. Throws a GovernanceError `invalid-rule` that says what is wrong, and where. */
  parse(condition: string): ASTNode;
}

/** Characters that a condition can have. */
export const longestCondition = 2_000;

const limits = { maxAstNodes: 300, maxDepth: 32, maxListElements: 256, maxMapEntries: 1, maxCallArguments: 4 };

/** Makes the {@link RuleLanguage}. */
export function ruleLanguage(): RuleLanguage {
  const environment = conditionEnvironment();
  return {
    parse(condition) {
      if (condition.length > longestCondition) {
        throw problemAt(
          condition,
          undefined,
          `it is longer than ${longestCondition} characters; make several rules of it`,
        );
      }
      if (condition.trim() === "")
        throw problemAt(condition, undefined, "it is empty; leave it out for a rule that always holds");
      const parsed = parse(environment, condition);
      const { valid, type, error } = parsed.check();
      if (!valid) throw explainCelError(condition, error);
      if (type !== "bool")
        throw problemAt(condition, parsed.ast, `this makes ${type ?? "nothing"}; wanted is true or false`);
      return parsed.ast;
    },
  };
}

function parse(environment: Environment, condition: string): ReturnType<Environment["parse"]> {
  try {
    return environment.parse(condition);
  } catch (error) {
    throw explainCelError(condition, error);
  }
}

/** CEL with the variables and functions of conditions, as the library evaluates it. */
export function conditionEnvironment(): Environment {
  const environment = new Environment({ limits });
  for (const [name, { type, fields }] of Object.entries(variables)) {
    if (fields === undefined) environment.registerVariable(name, type);
    else {
      const schema = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value.type]));
      environment.registerVariable({ name, schema });
    }
  }
  const glob = (text: string, pattern: string): boolean => compileGlob(pattern).matches(text);
  environment.registerFunction({ signature: "string.glob(string): bool", handler: glob, async: false });
  environment.registerFunction({ signature: "healthy(string): bool", handler: () => true, async: false });
  return environment;
}
