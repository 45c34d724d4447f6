import { expect, test } from "vitest";
import { type SignedRequest, signatureOf } from "./sigv4.ts";

// Source: AWS's published test suite for Signature Version 4 (aws-sig-v4-test-suite).
const vectors: readonly [string, Partial<SignedRequest>, string, string][] = [
  ["get-vanilla", {}, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  [
    "post-vanilla",
    { method: "POST" },
    "host;x-amz-date",
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  ],
  [
    "get-vanilla-query-order-key-case",
    { target: "/?Param2=value2&Param1=value1" },
    "host;x-amz-date",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  [
    "post-x-www-form-urlencoded",
    {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from("Param1=value1"),
    },
    "content-type;host;x-amz-date",
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
];

test.each(vectors)("the checker agrees with AWS about %s", (...[, request, names, signature]) => {
  const scope = "20150830/us-east-1/service/aws4_request";
  const headers = {
    host: "example.amazonaws.com",
    "x-amz-date": "20150830T123600Z",
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${names}, Signature=`,
    ...request.headers,
  };
  const whole = { method: "GET", target: "/", body: new Uint8Array(0), ...request, headers };
  expect(signatureOf(whole, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")).toBe(signature);
});
