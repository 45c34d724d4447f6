/** What a client calls a tool, and what kind of call it expects. */
export interface ToolIdentity {
  readonly name: string;
  readonly namespace?: string;
  readonly custom: boolean;
}

/** The tools of one request by the names under which the model knows them. */
export type ToolNames = ReadonlyMap<string, ToolIdentity>;

/** A tool's name for the model: namespaces, which the Messages API has not, become the beginning of the name. */
export function flatName(name: string, namespace: string | null | undefined): string {
  if (!namespace) return name;
  return namespace.endsWith("__") ? namespace + name : `${namespace}__${name}`;
}
