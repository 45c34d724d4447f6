import { converseRendering } from "./converse-rendering.ts";
import { messagesRendering } from "./messages-rendering.ts";
import type { Rendering, WireEvent } from "./rendering.ts";

/** Writes answers of Claude as InvokeModel and InvokeModelWithResponseStream of Amazon Bedrock do. */
export const invokeRendering: Rendering = {
  ...converseRendering,
  format: {
    ...converseRendering.format,
    write: (event) =>
      converseRendering.format.write(event.event?.endsWith("Exception") === true ? event : chunk(event)),
  },
  // Bedrock sends no pings.
  stream: (answer, context) => messagesRendering.stream(answer, context).filter(({ event }) => event !== "ping"),
  whole: (answer, context) => messagesRendering.whole(answer, context),
};

/** The padding hides how long the text is. */
function chunk({ data, role }: WireEvent): WireEvent {
  return { event: "chunk", data: JSON.stringify({ bytes: Buffer.from(data).toString("base64"), p: "abcd" }), role };
}
