import { claudeCodeRequest, smallRequest } from "./claude-code-request.ts";
import type { AnswerMode } from "./provider-answers.ts";

/** One kind of request with one kind of answer. */
export interface Workload {
  readonly name: string;
  readonly answer: AnswerMode;
  body(model: string): Uint8Array;
}

const requests = [
  { name: "small", body: smallRequest },
  {
    name: "50 KB",
    body: (shape: Shape) => claudeCodeRequest({ ...shape, turns: 0, bytes: 50_000 }),
  },
  {
    name: "156 KB",
    body: (shape: Shape) => claudeCodeRequest({ ...shape, turns: 20, bytes: 156_000 }),
  },
];

interface Shape {
  readonly model: string;
  readonly stream: boolean;
}

const answers = [
  { name: "whole", mode: { kind: "whole", eventsPerWrite: 16 } },
  // Models pause between what they write; without a pause, a proxy that is busy reads several writes as one.
  { name: "200 events", mode: { kind: "stream", eventsPerWrite: 16, pauseMs: 1 } },
] as const;

const everySize = requests.flatMap((request) =>
  answers.map(({ name, mode }) => ({
    name: `${request.name}, ${name}`,
    answer: mode,
    body: (model: string) => request.body({ model, stream: mode.kind === "stream" }),
  })),
);

/** Everything that is measured between processes; the last one lets each event travel alone. */
export const workloads: readonly Workload[] = [
  ...everySize,
  {
    name: "small, 200 events one by one",
    answer: { kind: "stream", eventsPerWrite: 1 },
    body: (model) => smallRequest({ model, stream: true }),
  },
];
