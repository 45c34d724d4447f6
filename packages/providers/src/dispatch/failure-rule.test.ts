import { anthropicMessages, bedrockConverse, gemini, openaiChat, type UpstreamFailure } from "@drawbridge/translator";
import { describe, expect, test } from "vitest";
import { type Breakdown, deadlineFailure, networkFailure, type Phase } from "../node/network-failure.ts";
import type { Deadlines } from "../transport.ts";
import { failureRule } from "./failure-rule.ts";

const chat = (status: number, message = "no"): UpstreamFailure =>
  openaiChat.readFailure({ status, headers: {}, body: JSON.stringify({ error: { message } }) });
const messages = (status: number, type: string, message = "no"): UpstreamFailure =>
  anthropicMessages.readFailure({
    status,
    headers: {},
    body: JSON.stringify({ type: "error", error: { type, message } }),
  });
const google = (status: number, code: string): UpstreamFailure =>
  gemini.readFailure({
    status,
    headers: {},
    body: JSON.stringify({ error: { code: status, status: code, message: "no" } }),
  });
const aws = (status: number, exception: string): UpstreamFailure =>
  bedrockConverse.readFailure({ status, headers: { "x-amzn-errortype": exception }, body: '{"message":"no"}' });
const brokenIn = (phase: Phase): Breakdown => ({
  origin: "https://api.example",
  phase,
  deadlines: { connectMs: 3_000, firstByteMs: 60_000, idleMs: 120_000, totalMs: 1_800_000 },
});
const network = (code: string, phase: Phase): UpstreamFailure =>
  networkFailure(Object.assign(new Error(code), { code }), brokenIn(phase));
const late = (deadline: keyof Deadlines, phase: Phase): UpstreamFailure => deadlineFailure(deadline, brokenIn(phase));
const plain = (kind: UpstreamFailure["kind"]): UpstreamFailure => ({ kind, message: kind });

describe("where a request goes, and what the failure speaks against", () => {
  test.each([
    // Nothing was sent.
    ["connection refused", network("ECONNREFUSED", "connecting"), "target", "place"],
    ["host unknown", network("ENOTFOUND", "connecting"), "target", "place"],
    ["DNS silent", network("EAI_AGAIN", "connecting"), "target", "place"],
    ["no route", network("EHOSTUNREACH", "connecting"), "target", "place"],
    ["certificate expired", network("CERT_HAS_EXPIRED", "connecting"), "target", "place"],
    ["TLS alert", network("EPROTO", "connecting"), "target", "place"],
    ["connect timeout", network("UND_ERR_CONNECT_TIMEOUT", "connecting"), "target", "place"],
    ["reset while connecting", network("ECONNRESET", "connecting"), "target", "place"],
    // It was sent, and nobody knows what became of it.
    ["no headers in time", late("firstByteMs", "waiting"), "target", "place"],
    ["reset before an answer", network("ECONNRESET", "waiting"), "target", "place"],
    // The answer broke before its content.
    ["reset in the head", network("ECONNRESET", "head"), "target", "place"],
    ["reset in the body", network("UND_ERR_SOCKET", "body"), "target", "place"],
    ["silence in the body", late("idleMs", "body"), "target", "place"],
    ["not HTTP", network("HPE_INVALID_CONSTANT", "head"), "target", "place"],
    ["stream without an end", plain("truncated"), "target", "place"],
    ["HTML instead of JSON", plain("malformed"), "target", "place"],
    // Statuses.
    ["400", chat(400), "nowhere", "none"],
    [
      "400 of a long prompt",
      messages(400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"),
      "nowhere",
      "none",
    ],
    ["400 of a parameter", chat(400, "Unsupported parameter: 'top_k'"), "nowhere", "none"],
    ["400 of a filter", chat(400, "flagged by content_filter"), "nowhere", "none"],
    ["401", chat(401), "credential", "refused"],
    ["402", chat(402), "credential", "exhausted"],
    ["403", messages(403, "permission_error"), "credential", "refused-here"],
    ["404", chat(404), "nowhere", "none"],
    ["405", chat(405), "nowhere", "none"],
    ["408", chat(408), "target", "place"],
    ["409", chat(409), "target", "place"],
    ["413", messages(413, "request_too_large"), "nowhere", "none"],
    ["415", chat(415), "nowhere", "none"],
    ["422", chat(422), "nowhere", "none"],
    ["425", chat(425), "target", "place"],
    ["429", chat(429), "credential", "cooldown"],
    ["429 of Google", google(429, "RESOURCE_EXHAUSTED"), "credential", "cooldown"],
    ["429 of an empty account", chat(429, "You exceeded your current quota"), "credential", "exhausted"],
    ["429 of AWS", aws(429, "ThrottlingException"), "credential", "cooldown"],
    ["403 of AWS", aws(403, "AccessDeniedException"), "credential", "refused-here"],
    ["403 of AWS, token expired", aws(403, "ExpiredTokenException"), "credential", "refused"],
    ["424 of AWS", aws(424, "ModelErrorException"), "target", "place"],
    ["500", chat(500), "target", "place"],
    ["501", chat(501), "target", "place"],
    ["502", chat(502), "target", "place"],
    ["503", google(503, "UNAVAILABLE"), "target", "place"],
    ["504", chat(504), "target", "place"],
    ["520", chat(520), "target", "place"],
    ["524", chat(524), "target", "place"],
    ["529", messages(529, "overloaded_error"), "target", "place"],
    ["the client left", plain("cancelled"), "nowhere", "none"],
  ] as const)("%s", (_, failure, ...[move, blame]) => {
    expect(failureRule(failure, true)).toEqual({ move, blame });
  });
});

test("what may have been done already goes nowhere unless that is allowed", () => {
  for (const uncertain of [late("firstByteMs", "waiting"), network("ECONNRESET", "waiting")]) {
    expect(failureRule(uncertain, false)).toEqual({ move: "nowhere", blame: "place" });
  }
  expect(failureRule(network("ECONNREFUSED", "connecting"), false).move).toBe("target");
  expect(failureRule(chat(408), false).move).toBe("target");
});
