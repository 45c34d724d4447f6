import { expect, test } from "vitest";
import { readEnvelope } from "../../messages/read-envelope.ts";
import { genericChat } from "../openai-chat/profile.ts";
import { openaiChat } from "../openai-chat/index.ts";
import type { Dialect, Target } from "../dialect.ts";
import { openaiResponses } from "./index.ts";
import { responsesProfileOf } from "./known-models.ts";

const asked = { model: "claude", max_tokens: 1_000, temperature: 0.5, messages: [{ role: "user", content: "hi" }] };

function sent(dialect: Dialect, target: Target): Record<string, unknown> {
  const body = new TextEncoder().encode(JSON.stringify(asked));
  const context = { messageId: "msg_1", askedModel: "claude" };
  const translation = dialect.translate({ body, envelope: readEnvelope(body) }, target, context);
  return JSON.parse(new TextDecoder().decode(translation.body));
}

test("BR-11: a deployment goes by its own name, and by what its base model takes", () => {
  const plain = sent(openaiResponses, { model: "team-deployment" });
  expect(plain).toMatchObject({ model: "team-deployment", temperature: 0.5 });
  const reasoning = sent(openaiResponses, { model: "team-deployment", responses: responsesProfileOf("gpt-5") });
  expect(reasoning["model"]).toBe("team-deployment");
  expect(reasoning).not.toHaveProperty("temperature");

  const chat = sent(openaiChat, { model: "team-deployment", chat: { ...genericChat, sampling: false } });
  expect(chat["model"]).toBe("team-deployment");
  expect(chat).not.toHaveProperty("temperature");
});
