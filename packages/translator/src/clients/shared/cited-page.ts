import { isRecord } from "../../json/is-record.ts";

/** A web page that a text cites. */
export interface CitedPage {
  readonly url: string;
  readonly title: string;
}

/** The page of a citation; undefined for citations of documents and other things. */
export function citedPage(citation: unknown): CitedPage | undefined {
  if (!isRecord(citation) || typeof citation["url"] !== "string") return undefined;
  const { url, title } = citation;
  return { url, title: typeof title === "string" ? title : "" };
}
