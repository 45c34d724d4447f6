/** Reads one number out of what a child process has answered. Throws when it is not there. */
export function readNumber(answer: unknown, key: string): number {
  if (typeof answer === "object" && answer !== null) {
    const value: unknown = Reflect.get(answer, key);
    if (typeof value === "number") return value;
  }
  throw new Error(`a measured process answered ${JSON.stringify(answer)} where "${key}" was wanted`);
}
