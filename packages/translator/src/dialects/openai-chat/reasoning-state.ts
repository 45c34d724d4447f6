import { isLoose, stringOf, type Loose } from "../../json/loose.ts";

type DetailKey = "type" | "index" | "id" | "text" | "summary" | "data" | "signature";
type Detail = Loose<DetailKey>;

const grows = ["text", "summary"] as const;

/**
 * Collects `reasoning_details`, which OpenRouter streams in fragments and wants back whole with the next request.
 * Source: OpenRouter docs, "Reasoning tokens", "Preserving reasoning blocks".
 */
export class ReasoningState {
  #details: Detail[] = [];
  #text = "";

  /** True while there is something that only a signature can carry: ciphertext, or a signed text. */
  get sealed(): boolean {
    return this.#details.some(
      (detail) => stringOf(detail.data) !== undefined || stringOf(detail.signature) !== undefined,
    );
  }

  /** Takes the details of one delta in and gives the text in them that may be shown. */
  take(details: readonly unknown[]): string {
    let shown = "";
    for (const detail of details) {
      if (!isLoose<DetailKey>(detail)) continue;
      for (const key of grows) shown += stringOf(detail[key]) ?? "";
      this.#merge(detail);
    }
    return shown;
  }

  /** Keeps a text that was reasoned but not shown, so that it can still be handed back. */
  keep(text: string): void {
    this.#text += text;
  }

  /** Everything since the last call: the details as JSON, else the text that was kept, else nothing. */
  seal(): string {
    const state = this.#details.length === 0 ? this.#text : JSON.stringify(this.#details);
    this.#details = [];
    this.#text = "";
    return state;
  }

  #merge(detail: Detail): void {
    const last = this.#details.at(-1);
    if (last === undefined || !continues(last, detail)) {
      this.#details.push({ ...detail });
      return;
    }
    const merged: Record<string, unknown> = { ...last };
    for (const [key, value] of Object.entries(detail)) if (value !== null && value !== undefined) merged[key] = value;
    for (const key of grows) {
      const text = `${stringOf(last[key]) ?? ""}${stringOf(detail[key]) ?? ""}`;
      if (text !== "") merged[key] = text;
    }
    this.#details[this.#details.length - 1] = merged;
  }
}

function continues(last: Detail, next: Detail): boolean {
  if (last.type !== next.type || last.type === "reasoning.encrypted") return false;
  const sameIndex = last.index === next.index;
  return sameIndex && (next.id === undefined || next.id === null || last.id === undefined || last.id === next.id);
}
