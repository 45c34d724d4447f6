import type { ScriptedAnswer } from "./scripted-answer.ts";

/** The answer as Gemini streams it: calls come whole. Source: `GenerateContentResponse` in @google/genai. */
export function geminiStream({ thinking, text, tool }: ScriptedAnswer): string[] {
  let tokens = 0;
  const chunk = (part: object, more: object = {}): string => {
    tokens += 7;
    const candidate = { content: { parts: [part], role: "model" }, ...more, index: 0 };
    const promptTokensDetails = [{ modality: "TEXT", tokenCount: 12_200 }];
    const counts = { promptTokenCount: 12_200, candidatesTokenCount: tokens, totalTokenCount: 12_261 + tokens };
    const usageMetadata = { ...counts, promptTokensDetails, thoughtsTokenCount: 61 };
    const tail = { modelVersion: "gemini-3.8-pro", responseId: "q8YhaYq1OKfInsEP0fbQ2Ag" };
    return `data: ${JSON.stringify({ candidates: [candidate], usageMetadata, ...tail })}\r\n\r\n`;
  };
  const args: unknown = JSON.parse(tool.input.join(""));
  const call = { functionCall: { name: tool.name, args }, thoughtSignature: "c2lnbmF0dXJl".repeat(40) };
  return [
    ...thinking.map((piece) => chunk({ text: piece, thought: true })),
    ...text.map((piece) => chunk({ text: piece })),
    chunk(call),
    chunk({ text: "" }, { finishReason: "STOP" }),
  ];
}
