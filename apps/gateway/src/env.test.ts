import { expect, test } from "vitest";
import { readEnv } from "./env.ts";

test("reads the gateway's own variables", () => {
  const variables = {
    DRAWBRIDGE_CONFIG: "team.yaml",
    PORT: "0",
    DRAWBRIDGE_ADMIN_TOKEN: "admin",
    DRAWBRIDGE_HOME: "/var/lib/drawbridge",
    OPENAI_API_KEY: "sk-x",
  };
  const env = readEnv(variables, "/srv");
  expect(env).toMatchObject({ configPath: "team.yaml", port: 0, stateDirectory: "/var/lib/drawbridge", variables });
  expect(env.adminToken?.reveal()).toBe("admin");
});

test("an unset or empty variable is none, and the state then lies in the working directory", () => {
  const none = { configPath: undefined, port: undefined, adminToken: undefined, stateDirectory: "/srv/.drawbridge" };
  expect(readEnv({}, "/srv")).toEqual({ ...none, variables: {} });
  const empty = { DRAWBRIDGE_CONFIG: "", PORT: "", DRAWBRIDGE_ADMIN_TOKEN: "", DRAWBRIDGE_HOME: "" };
  expect(readEnv(empty, "/srv")).toEqual({ ...none, variables: empty });
});

test.each(["http", "65536", "-1", "80 80", "8e3"])("refuses %j as a port", (PORT) => {
  expect(() => readEnv({ PORT }, "/srv")).toThrow(/PORT: .* is no port/);
});
