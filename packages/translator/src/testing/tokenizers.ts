import { countTokens } from "bpe-lite";
import { encode as encodeCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { encode as encodeO200k } from "gpt-tokenizer/encoding/o200k_base";
import llama3 from "llama3-tokenizer-js";
import mistral from "mistral-tokenizer-js";

/** Vocabularies that stand for those of today's models. */
export const vocabularies = ["o200k", "cl100k", "Llama 3", "Gemma 3", "Claude", "Mistral 7B"] as const;
export type Vocabulary = (typeof vocabularies)[number];

/** Counts of tokens by vocabularies that were published; Claude's is rebuilt, as none was since Claude 2. */
export const tokenizers: Record<Vocabulary, (text: string) => number> = {
  o200k: (text) => encodeO200k(text).length,
  cl100k: (text) => encodeCl100k(text).length,
  "Llama 3": (text) => llama3.encode(text, { bos: false, eos: false }).length,
  "Gemma 3": (text) => countTokens(text, "gemini"),
  Claude: (text) => countTokens(text, "anthropic"),
  "Mistral 7B": (text) => mistral.encode(text, false, false).length,
};
