/** How large a request of Claude Code is, in bytes of JSON. */
export interface RecordedRequest {
  readonly system: number;
  readonly tools: number;
  readonly messages: number;
  readonly stream: boolean;
  readonly maxTokens: number;
}

type Row = readonly [system: number, tools: number, messages: number, stream: boolean, maxTokens: number];

/**
 * Requests of all kinds that Claude Code 2.1.330 sends, each once, without the bytes of images and documents: first requests
 * for each class of models, turns with tools, MCP servers, thinking and subagents, compactions, titles, checks.
 */
export const recordedRequests: readonly RecordedRequest[] = (
  [
    [7_348, 30_851, 13_745, true, 128_000],
    [141_393, 0, 872, false, 64],
    [7_352, 30_851, 11_076, true, 128_000],
    [7_332, 59_442, 10_555, true, 128_000],
    [7_348, 30_851, 17_922, true, 128_000],
    [28_561, 46_610, 11_120, true, 32_000],
    [7_356, 30_603, 10_451, true, 128_000],
    [7_342, 31_170, 10_444, true, 128_000],
    [28_571, 46_610, 11_080, true, 32_000],
    [7_334, 59_442, 9_909, true, 128_000],
    [7_344, 30_851, 10_445, true, 128_000],
    [28_581, 46_610, 11_150, true, 32_000],
    [28_882, 49_689, 14_490, true, 64_000],
    [7_085, 30_851, 10_331, true, 32_000],
    [3_265, 0, 769, true, 32_000],
    [7_328, 30_851, 10_752, true, 128_000],
    [7_352, 30_851, 181_744, true, 128_000],
    [7_332, 30_851, 114_386, true, 128_000],
    [7_348, 31_516, 11_033, true, 128_000],
    [7_348, 31_516, 11_466, true, 128_000],
    [7_340, 79_845, 10_460, true, 128_000],
    [180, 0, 346, false, 1],
    [7_350, 30_851, 10_765, true, 128_000],
    [7_358, 30_851, 10_452, false, 64_000],
    [7_346, 30_851, 11_247, true, 128_000],
    [7_324, 30_851, 10_829, true, 128_000],
    [7_352, 30_851, 10_783, true, 128_000],
    [7_352, 30_851, 10_722, true, 128_000],
    [7_340, 31_197, 10_445, true, 128_000],
    [3_406, 20_363, 8_814, true, 128_000],
    [7_348, 30_851, 10_730, true, 128_000],
    [7_350, 30_851, 10_808, true, 128_000],
    [7_334, 30_851, 10_942, true, 128_000],
    [7_338, 30_851, 10_710, true, 128_000],
    [7_328, 30_851, 11_978, true, 128_000],
    [375, 65, 453, true, 128_000],
  ] satisfies readonly Row[]
).map(([system, tools, messages, stream, maxTokens]) => ({ system, tools, messages, stream, maxTokens }));
