import type { JsonSchema } from "../../conversation/schema.ts";

export interface GeminiBlob {
  readonly mimeType: string;
  readonly data: string;
}

export interface GeminiTextPart {
  readonly text: string;
  readonly thought?: true;
  readonly thoughtSignature?: string;
}

export type GeminiMediaPart =
  | { readonly inlineData: GeminiBlob }
  | { readonly fileData: { readonly mimeType?: string; readonly fileUri: string } };

export interface GeminiCallPart {
  readonly functionCall: {
    readonly id?: string;
    readonly name: string;
    readonly args: Readonly<Record<string, unknown>>;
  };
  readonly thoughtSignature?: string;
}

export interface GeminiResponsePart {
  readonly functionResponse: {
    readonly id?: string;
    readonly name: string;
    readonly response: { readonly output?: string; readonly error?: string };
    readonly parts?: readonly { readonly inlineData: GeminiBlob }[];
  };
}

/** A part that Gemini sent and wants back as it was: a call of a tool of its own, or what that gave. */
export type GeminiOwnPart = Readonly<Record<string, unknown>>;

/** One part of a content. Source: `Part` in @google/genai 3.1. */
export type GeminiPart = GeminiTextPart | GeminiMediaPart | GeminiCallPart | GeminiResponsePart | GeminiOwnPart;

export interface GeminiContent {
  readonly role: "user" | "model";
  readonly parts: readonly GeminiPart[];
}

export interface GeminiFunction {
  readonly name: string;
  readonly description?: string;
  /** A JSON Schema … */
  readonly parametersJsonSchema?: JsonSchema;
  /** … or the subset of OpenAPI's schemas that older endpoints know. */
  readonly parameters?: JsonSchema;
}

export interface GeminiTool {
  readonly functionDeclarations?: readonly GeminiFunction[];
  readonly googleSearch?: Readonly<Record<string, never>>;
}

export interface GeminiToolConfig {
  readonly functionCallingConfig?: {
    readonly mode: "AUTO" | "ANY" | "NONE";
    readonly allowedFunctionNames?: readonly string[];
  };
  readonly includeServerSideToolInvocations?: true;
}

export interface GeminiThinkingConfig {
  readonly includeThoughts?: true;
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";
}

export interface GeminiGenerationConfig {
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stopSequences?: readonly string[];
  readonly thinkingConfig?: GeminiThinkingConfig;
  readonly responseMimeType?: "application/json";
  readonly responseJsonSchema?: JsonSchema;
  readonly responseSchema?: JsonSchema;
}

/**
 * A request of generateContent and streamGenerateContent; the model and the choice between the two stand in the
 * address. Keys are written in the order of this declaration, contents last, so that each request of a conversation
 * begins with the bytes of the one before. Source: `GenerateContentParameters` in @google/genai 3.1.
 */
export interface GeminiRequest {
  readonly systemInstruction?: { readonly parts: readonly GeminiTextPart[] };
  readonly tools?: readonly GeminiTool[];
  readonly toolConfig?: GeminiToolConfig;
  readonly generationConfig: GeminiGenerationConfig;
  readonly contents: readonly GeminiContent[];
}
