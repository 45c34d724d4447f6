import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { answerMessages } from "../examples/in-front-of-fetch.ts";
import { assembleAnswer } from "./messages/assemble.ts";
import { readEvents } from "./testing/read-events.ts";
import { responsesSpeaker } from "./testing/walk/responses-speaker.ts";

const url = "https://provider.invalid/v1/responses";

function ask(): Request {
  const messages = [{ role: "user", content: "hello" }];
  const body = JSON.stringify({ model: "claude-sonnet-5-5", max_tokens: 100, stream: true, messages });
  return new Request("http://localhost/v1/messages", { method: "POST", body });
}

test("the example puts the package in front of a fetch: a request goes out in one dialect, its answer comes back in the other", async () => {
  const asked: { url: unknown; body: unknown }[] = [];
  const wire = responsesSpeaker("gpt-5.6").say({ thinking: undefined, state: undefined, text: "hi there", calls: [] });
  const answer = await answerMessages(
    ask(),
    async (to, init) => {
      asked.push({ url: to, body: await new Response(init?.body).json() });
      return new Response(wire.slice());
    },
    url,
  );
  expect(asked).toMatchObject([{ url, body: { model: "gpt-5.6", input: [{ role: "user" }], stream: true } }]);
  const events = readEvents(await answer.text());
  expect(assembleAnswer(events)).toMatchObject({
    model: "claude-sonnet-5-5",
    content: [{ type: "text", text: "hi there" }],
    stop_reason: "end_turn",
  });
});

test("the example tells a refusal in the words of the Messages API", async () => {
  const refusal = { error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" } };
  const answer = await answerMessages(ask(), async () => Response.json(refusal, { status: 429 }), url);
  expect(answer.status).toBe(429);
  expect(await answer.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
});

test("the README shows the example as it is", () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  expect(read("../README.md")).toContain(read("../examples/in-front-of-fetch.ts").trim());
});
