import { openaiResponses, readEnvelope, renderFailure } from "@drawbridge/translator";

/** Answers `POST /v1/messages` from any server of OpenAI's Responses API that `send`, a `fetch`, reaches at `url`. */
export async function answerMessages(request: Request, send: typeof fetch, url: string): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  const envelope = readEnvelope(body);
  const context = { messageId: `msg_${crypto.randomUUID()}`, askedModel: envelope.model };
  const call = openaiResponses.translate({ body, envelope }, { model: "gpt-5.6" }, context);
  const answer = await send(url, { method: "POST", headers: { "content-type": "application/json" }, body: call.body });
  if (!answer.ok || answer.body === null) return refuse(answer);
  const stream = call.answerStream();
  const events = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, out) => out.enqueue(stream.push(chunk)),
    flush: (out) => out.enqueue(stream.end()),
  });
  return new Response(answer.body.pipeThrough(events), { headers: { "content-type": "text/event-stream" } });
}

async function refuse(answer: Response): Promise<Response> {
  const headers = Object.fromEntries(answer.headers);
  const failure = openaiResponses.readFailure({ status: answer.status, headers, body: await answer.text() });
  const { status, ...told } = renderFailure(failure, { provider: "openai", requestId: "req_1" });
  return new Response(told.body, { status, headers: told.headers });
}
