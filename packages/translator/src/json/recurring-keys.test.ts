import { expect, test } from "vitest";
import { recurringKey } from "./recurring-keys.ts";

function keyIn(text: string): string | undefined {
  const bytes = new TextEncoder().encode(`"${text}"`);
  return recurringKey(new DataView(bytes.buffer), 1, bytes.length - 1);
}

test.each(["model", "messages", "id", "context_management", "stop_reason"])("knows %s by its bytes", (key) => {
  expect(keyIn(key)).toBe(key);
});

test.each(["", "m", "modeL", "mxdel", "mode", "modell", "stop\\u005freason", "möd"])("does not know %j", (key) => {
  expect(keyIn(key)).toBeUndefined();
});
