import { textOf } from "./token-text.ts";

const sentences = /^[A-Za-z][^`|<{}[\]]{60,}$/u;

/**
 * As `tokenText`, of sentences alone. What nobody has counted is estimated by 3.5 bytes a token and the densest of late, which a
 * table or a list of numbers in the middle of an answer can pass.
 */
export const answerText = textOf((line) => sentences.test(line));
