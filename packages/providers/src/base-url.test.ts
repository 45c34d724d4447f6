import { describe, expect, test } from "vitest";
import { checkBaseUrl } from "./base-url.ts";

describe("a usable address", () => {
  test.each([
    ["http://10.0.0.5:8000/v1", "http://10.0.0.5:8000/v1"],
    ["https://api.example.com/v1/", "https://api.example.com/v1"],
    ["https://api.example.com/v1///", "https://api.example.com/v1"],
    ["HTTPS://API.Example.com/v1", "https://api.example.com/v1"],
    ["http://[::1]:8000/v1", "http://[::1]:8000/v1"],
    ["http://localhost:11434/v1", "http://localhost:11434/v1"],
  ])("%s is taken as %s", (text, baseUrl) => {
    expect(checkBaseUrl(text, "openai-chat")).toEqual({ ok: true, baseUrl, hint: undefined });
  });
});

describe("an address that is refused", () => {
  test.each([
    ["", /is not a URL/],
    ["api.example.com/v1", /is not a URL/],
    ["localhost:8000", /protocol "localhost:"/],
    ["ftp://example.com", /protocol "ftp:"/],
    ["file:///etc/passwd", /protocol "file:"/],
    ["https://user:pass@example.com/v1", /user name or password/],
    ["https://example.com/v1?key=1", /"\?" or "#"/],
    ["https://example.com/v1#x", /"\?" or "#"/],
  ])("%s", (text, message) => {
    const check = checkBaseUrl(text, "openai-chat");
    expect(check).toMatchObject({ ok: false, problem: { code: "invalid-base-url", setting: "baseUrl" } });
    expect(check.ok ? "" : check.problem.message).toMatch(message);
    expect(JSON.stringify(check)).not.toMatch(/pass@|:pass/);
  });

  test.each([
    "http://169.254.169.254/latest",
    "http://169.254.170.2/v1",
    "http://2852039166/v1",
    "http://0xa9fea9fe/v1",
    "http://0251.0376.0251.0376/v1",
    "http://[::ffff:169.254.169.254]/v1",
    "http://[64:ff9b::a9fe:a9fe]/v1",
    "http://[fd00:ec2::254]/v1",
    "http://[fe80::1]/v1",
    "http://metadata.google.internal/v1",
    "http://METADATA.google.internal./v1",
    "http://100.100.100.200/v1",
    "http://[::ffff:100.100.100.200]/v1",
    "http://[::ffff:192.0.0.192]/v1",
    "http://[::ffff:168.63.129.16]/v1",
  ])("%s, as a cloud's metadata service", (text) => {
    const check = checkBaseUrl(text, "openai-chat");
    expect(check.ok ? "" : check.problem.message).toMatch(/metadata service/);
  });
});

describe("advice", () => {
  test("an Anthropic-compatible address that ends in /v1 is told without it", () => {
    expect(checkBaseUrl("https://a.example/v1/", "anthropic-messages")).toMatchObject({
      ok: true,
      hint: expect.stringContaining("https://a.example"),
    });
  });

  test("an OpenAI-compatible address without a path is told with /v1", () => {
    expect(checkBaseUrl("http://gpu:8000", "openai-chat")).toMatchObject({
      hint: expect.stringContaining("http://gpu:8000/v1"),
    });
    expect(checkBaseUrl("http://gpu:8000", "openai-responses")).toMatchObject({
      hint: expect.stringContaining("http://gpu:8000/v1"),
    });
  });

  test("Gemini's own API is told from its OpenAI-compatible one, and from no path at all", () => {
    const google = "https://generativelanguage.googleapis.com";
    const shim = checkBaseUrl(`${google}/v1beta/openai`, "gemini");
    expect(shim).toMatchObject({ hint: `for Gemini's own API leave /openai out: ${google}/v1beta` });
    expect(checkBaseUrl(google, "gemini")).toMatchObject({ hint: expect.stringContaining(`${google}/v1beta`) });
    expect(checkBaseUrl(`${google}/v1beta/`, "gemini")).toEqual({
      ok: true,
      baseUrl: `${google}/v1beta`,
      hint: undefined,
    });
  });

  test("an OpenAI-compatible address with another path is left alone", () => {
    expect(checkBaseUrl("https://a.example/inference/v2", "openai-chat")).toMatchObject({ hint: undefined });
  });
});
