/** A function of conditions, as people read about it. */
export interface RuleFunction {
  /** How it is called, like `text.contains(text)`. */
  readonly call: string;
  /** What it says; Markdown. */
  readonly meaning: string;
}

/** All functions of conditions, by name. Those of CEL that are missing could take long, or are of no use to rules. */
export const ruleFunctions: Readonly<Record<string, RuleFunction>> = {
  glob: { call: 'text.glob("claude-*")', meaning: "whether the whole text matches; `*` stands for any characters" },
  contains: { call: "text.contains(text)", meaning: "whether the other is part of it" },
  startsWith: { call: "text.startsWith(text)", meaning: "whether it begins so" },
  endsWith: { call: "text.endsWith(text)", meaning: "whether it ends so" },
  lowerAscii: { call: "text.lowerAscii()", meaning: "the text in lower case" },
  upperAscii: { call: "text.upperAscii()", meaning: "the text in upper case" },
  trim: { call: "text.trim()", meaning: "the text without white space around it" },
  size: { call: "size(text)", meaning: "how many characters a text or entries a list has; also `text.size()`" },
  exists: { call: "list.exists(one, condition)", meaning: "whether the condition holds for at least one entry" },
  all: { call: "list.all(one, condition)", meaning: "whether it holds for every entry" },
  exists_one: { call: "list.exists_one(one, condition)", meaning: "whether it holds for exactly one" },
  filter: { call: "list.filter(one, condition)", meaning: "the entries for which it holds" },
  int: { call: "int(value)", meaning: "a whole number of a text or a number; a text that is none fails" },
  double: { call: "double(value)", meaning: "a number with a fraction, in the same way" },
  healthy: { call: 'healthy("provider")', meaning: "false while the provider is out" },
};

/** What to use instead of functions of CEL that are not here. */
export const insteadOf: Readonly<Record<string, string>> = {
  matches: "a regular expression can take very long; use glob, contains, startsWith or endsWith",
  has: 'a header or tag that is missing is an empty text; write headers["x"] != "", or "x" in headers',
  map: "use exists, all or filter",
};
