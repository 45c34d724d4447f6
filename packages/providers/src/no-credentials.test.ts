import { exec } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { noCredentials } from "./no-credentials.ts";

const secret = "hunter2-0123456789";

async function failureOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    return noCredentials("AWS", "providers.bedrock", error).message;
  }
  throw new Error("the attempt went well");
}

test("says for which settings there are no credentials, and why", async () => {
  const message = await failureOf(() => Promise.reject(new Error("Could not load\n  credentials")));
  expect(message).toContain("no AWS credentials for providers.bedrock: Could not load credentials.");
});

test("repeats nothing of a file that is not JSON", async () => {
  const message = await failureOf(() => JSON.parse(secret));
  expect(message).toContain("what was read is not JSON");
  expect(message).not.toContain("hunter2");
});

test("repeats nothing of a command that failed, or of what it printed", async () => {
  const message = await failureOf(() => promisify(exec)(`echo ${secret} >&2; exit 3`));
  expect(message).toContain("has failed");
  expect(message).not.toContain("hunter2");
});
