import { expect, test } from "vitest";
import { isTranslatorError } from "../../errors.ts";
import { chatRequestOf } from "../../testing/chat-request-of.ts";
import type { ChatProfile } from "./profile.ts";

const text = (value: string) => ({ type: "text", text: value });
const image = (source: object) => ({ type: "image", source });
const base64 = (media_type: string, data: string) => ({ type: "base64", media_type, data });
const document = (source: object, more: object = {}) => ({ type: "document", source, ...more });

function contentOf(blocks: readonly unknown[], differences: Partial<ChatProfile> = {}) {
  const { body, dropped } = chatRequestOf({ messages: [{ role: "user", content: blocks }] }, differences);
  return { content: body.messages[0]?.content, lost: dropped.map(({ path }) => path) };
}
const url = (value: string) => ({ type: "image_url", image_url: { url: value } });

test("MM-01 MM-02: images become parts, in their place between texts", () => {
  const blocks = [
    text("a"),
    image(base64("image/png", "ONE")),
    text("b"),
    image({ type: "url", url: "https://x/y.png" }),
  ];
  expect(contentOf(blocks)).toEqual({
    content: [text("a"), url("data:image/png;base64,ONE"), text("b"), url("https://x/y.png")],
    lost: [],
  });
});

test("MM-03: a file of Anthropic's store is refused by its place and name", () => {
  for (const block of [image({ type: "file", file_id: "file_x" }), document({ type: "file", file_id: "file_x" })]) {
    const encode = () => contentOf([text("a"), block]);
    expect(encode).toThrow(/messages\[0\]\.content\[1\]: file "file_x"/);
    try {
      encode();
    } catch (error) {
      expect(isTranslatorError(error) && error.code).toBe("unsupported-content");
    }
  }
});

test.each([
  ["image/jpg", "QUJD", "image/jpeg"],
  ["image/png", "/9j/4AAQ", "image/jpeg"],
  ["image/jpeg", "iVBORw0KGgoAAA", "image/png"],
  ["image/png", "R0lGODlh", "image/gif"],
  ["image/png", "UklGRh4A", "image/webp"],
  ["image/heic", "QUJD", "image/heic"],
])("MM-04: an image declared %s that begins %s is sent as %s", (declared, data, sent) => {
  expect(contentOf([image(base64(declared, data))]).content).toEqual([url(`data:${sent};base64,${data}`)]);
});

test("MM-05: a model without vision gets a note, and that is reported", () => {
  expect(contentOf([text("a"), image(base64("image/png", "ONE"))], { images: false })).toEqual({
    content: "a\n\n[image omitted: the model takes no images]",
    lost: ["messages[0].content[1]"],
  });
});

const pdf = base64("application/pdf", "JVBER");
const file = (filename: string) => ({
  type: "file",
  file: { filename, file_data: "data:application/pdf;base64,JVBER" },
});

test("MM-06: a PDF becomes a file part with a name", () => {
  expect(contentOf([document(pdf)]).content).toEqual([file("document.pdf")]);
  expect(contentOf([document(pdf, { title: "Report" })]).content).toEqual([
    text("Document: Report"),
    file("Report.pdf"),
  ]);
  expect(contentOf([document(pdf, { title: "a.PDF" })]).content).toEqual([text("Document: a.PDF"), file("a.PDF")]);
});

test("MM-06: where no files are taken, a note and a report stand for them", () => {
  expect(contentOf([document(pdf, { title: "R" })], { files: false })).toEqual({
    content: 'Document: R\n\n[PDF "R" omitted: the model takes no files]',
    lost: ["messages[0].content[0]"],
  });
  expect(contentOf([document(base64("application/zip", "UEs="))])).toEqual({
    content: "[document omitted: application/zip]",
    lost: ["messages[0].content[0]"],
  });
  expect(contentOf([document({ type: "url", url: "https://x/y.pdf" })])).toEqual({
    content: "[document at https://x/y.pdf]",
    lost: ["messages[0].content[0]"],
  });
});

test("MM-09: a plain text document is text under its title and context", () => {
  const source = { type: "text", media_type: "text/plain", data: "words" };
  expect(contentOf([document(source)]).content).toBe("words");
  expect(contentOf([document(source, { title: "T", context: "C" })]).content).toBe("Document: T\nContext: C\n\nwords");
  expect(contentOf([document(base64("text/plain", btoa("words")))]).content).toBe("words");
  expect(contentOf([document(base64("text/plain", "%"))]).content).toContain("omitted");
});

test("MM-10: a document made of blocks is flattened", () => {
  const content = [text("a"), image(base64("image/png", "ONE"))];
  expect(contentOf([document({ type: "content", content })]).content).toEqual([
    text("a"),
    url("data:image/png;base64,ONE"),
  ]);
  expect(contentOf([document({ type: "content", content: "a" }, { title: "T" })]).content).toBe("Document: T\n\na");
});

test("MM-11 MM-12: citations are left out and reported", () => {
  const source = { type: "text", data: "words" };
  expect(contentOf([document(source, { citations: { enabled: true } })]).lost).toEqual([
    "messages[0].content[0].citations",
  ]);
  expect(contentOf([document(source, { citations: { enabled: false } })]).lost).toEqual([]);
  const cited = { ...text("t"), citations: [{}] };
  expect(contentOf([cited, { ...text("u"), citations: [] }, { ...text("v"), citations: null }])).toEqual({
    content: "t\n\nu\n\nv",
    lost: ["messages[*].content[*].citations"],
  });
});

test("an image whose source makes no sense is reported, not refused", () => {
  expect(contentOf([text("a"), image({ type: "text", data: "x" })])).toEqual({
    content: "a",
    lost: ["messages[0].content[1]"],
  });
});
