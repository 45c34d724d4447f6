import { isRecord } from "../../json/is-record.ts";

/** Source: `ChatCompletionMessage.Annotation` in openai-node. */
export interface Annotation {
  readonly type: "url_citation";
  readonly url_citation: {
    readonly start_index: number;
    readonly end_index: number;
    readonly url: string;
    readonly title: string;
  };
}

/** A citation of a web page, which belongs to a range of the text; undefined for citations of other things. */
export function annotationOf(citation: unknown, start: number, end: number): Annotation | undefined {
  if (!isRecord(citation) || typeof citation["url"] !== "string") return undefined;
  const { url, title } = citation;
  return {
    type: "url_citation",
    url_citation: { start_index: start, end_index: end, url, title: typeof title === "string" ? title : "" },
  };
}
