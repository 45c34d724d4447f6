import type { CacheControl } from "../messages/content.ts";
import type { ContentSink, Media } from "./content-sink.ts";
import { markError } from "./tool-result.ts";

/** Puts in front of what a tool gave that it is a result, where its call is gone. */
export class LabelledSink implements ContentSink {
  readonly #sink: ContentSink;
  readonly #failed: boolean;
  #labelled = false;

  constructor(sink: ContentSink, failed: boolean) {
    this.#sink = sink;
    this.#failed = failed;
  }

  text(text: string, mark?: CacheControl | null): void {
    this.#sink.text(this.#labelled || !/\S/.test(text) ? text : this.#label(text), mark);
  }

  media(media: Media): void {
    this.end();
    this.#sink.media(media);
  }

  /** Says at least that a call failed. */
  end(): void {
    if (!this.#labelled && this.#failed) this.#sink.text(this.#label(""));
  }

  #label(text: string): string {
    this.#labelled = true;
    return `Tool result: ${this.#failed ? markError(text) : text}`;
  }
}
