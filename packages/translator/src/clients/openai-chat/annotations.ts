import { citedPage, type CitedPage } from "../shared/cited-page.ts";

/** Source: `ChatCompletionMessage.Annotation` in openai-node. */
export interface Annotation {
  readonly type: "url_citation";
  readonly url_citation: CitedPage & { readonly start_index: number; readonly end_index: number };
}

/** A citation of a web page, which belongs to a range of the text; undefined for citations of other things. */
export function annotationOf(citation: unknown, start: number, end: number): Annotation | undefined {
  const page = citedPage(citation);
  return page && { type: "url_citation", url_citation: { start_index: start, end_index: end, ...page } };
}
