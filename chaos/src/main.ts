import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAgentCampaign } from "./agents/agent-campaign.ts";
import { abortFigure, crashFigure } from "./agents/tell-agents.ts";
import type { Verdict } from "./judge/judge.ts";
import { verdictLine } from "./judge/tell.ts";
import { type Options, parseOptions } from "./options.ts";
import type { FaultKind } from "./faults/fault.ts";
import { defectNames, defects, usualFaults } from "./planted/defects.ts";
import { type Campaign, runCampaign } from "./run-campaign.ts";

/** How long what a defect has left behind is waited for: it is as wrong then as later. */
const restMsOfDefect = 15_000;
const options = parseOptions(process.argv.slice(2), Date.now());
// What was started ends with it.
process.once("SIGTERM", () => process.exit(1));
const report = (text: string): void => void process.stdout.write(`${text}\n`);
process.exitCode = await (options.defects
  ? findDefects(options)
  : options.crashes + options.aborts > 0
    ? judgeAgents(options)
    : judgeOnce(options));

/** One campaign of agents; ends with how much more is recorded than billed, and fails where that is too much. */
async function judgeAgents({ leaseSeconds, ...asked }: Options): Promise<number> {
  const found = await inScratch((scratch) =>
    runAgentCampaign({ ...asked, scratch, leaseMs: leaseSeconds * 1_000, report }),
  );
  const { problems } = found.verdict;
  for (const problem of problems.slice(0, 50)) report(`problem: ${problem}`);
  const figures = [
    ...(asked.crashes > 0 ? [crashFigure(found)] : []),
    ...(asked.aborts > 0 ? [abortFigure(found)] : []),
  ];
  for (const { told } of figures) for (const line of told) report(line);
  return problems.length === 0 && figures.every(({ isMet }) => isMet) ? 0 : 1;
}

/** One campaign; ends with the line that says what came of it. */
async function judgeOnce(asked: Options): Promise<number> {
  const { seconds, replicas, seed, leaseSeconds } = asked;
  report(`seed ${seed}, ${replicas} replicas, ${seconds} s, leases of ${leaseSeconds} s`);
  const verdict = await campaign(asked, { faults: asked.faults, report });
  for (const problem of verdict.problems.slice(0, 50)) report(`problem: ${problem}`);
  if (verdict.problems.length > 50) report(`… and ${verdict.problems.length - 50} more problems`);
  report(verdictLine(verdict));
  return verdict.problems.length === 0 ? 0 : 1;
}

/**
 * The same campaign with each planted defect, some at a time since most of it is waiting. A defect that is not found means
 * that a campaign proves nothing, and so does one without a defect that is not clean.
 */
async function findDefects(asked: Options): Promise<number> {
  const planted = asked.only ?? defectNames;
  const faultsFor = (name: string): readonly FaultKind[] => defects[name]?.faults ?? usualFaults;
  const faults = new Set(planted.map(faultsFor));
  const trials: Trial[] = [...faults].map((kinds) => ({ defect: undefined, faults: kinds }));
  for (const defect of planted) trials.push({ defect, faults: faultsFor(defect) });
  let wrong = 0;
  const work = async (): Promise<void> => {
    for (let trial = trials.shift(); trial !== undefined; trial = trials.shift()) {
      if (!(await isJudgedRight(asked, trial))) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: asked.atOnce }, work));
  report(
    wrong === 0
      ? `${planted.length} planted defects found, and nothing where there was none`
      : `${wrong} campaigns were misjudged: a defect was missed, or one found where there was none`,
  );
  return wrong === 0 ? 0 : 1;
}

/** A campaign with a defect, or without one, and the faults that it needs. */
interface Trial {
  readonly defect: string | undefined;
  readonly faults: readonly FaultKind[];
}

async function isJudgedRight(asked: Options, { defect, faults }: Trial): Promise<boolean> {
  const restMs = defect === undefined ? undefined : restMsOfDefect;
  const { problems } = await campaign(asked, { defect, faults, restMs, report: () => undefined });
  const [first] = problems;
  const told = first === undefined ? "nothing found" : `${problems.length} found, the first: ${first}`;
  report(`${defect ?? `no defect, under ${faults.join(", ")}`}: ${told}`);
  return (defect === undefined) === (first === undefined);
}

async function campaign(
  { seconds, perSecond, leaving, replicas, seed, leaseSeconds, together }: Options,
  how: Pick<Campaign, "defect" | "faults" | "restMs" | "report">,
): Promise<Verdict> {
  const leaseMs = leaseSeconds * 1_000;
  return inScratch((scratch) =>
    runCampaign({ scratch, seconds, perSecond, leaving, replicas, seed, leaseMs, together, ...how }),
  );
}

async function inScratch<Result>(work: (scratch: string) => Promise<Result>): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), "drawbridge-chaos-"));
  try {
    return await work(scratch);
  } finally {
    if (process.env["CHAOS_KEEP"] === undefined) await rm(scratch, { recursive: true, force: true });
    else report(`kept ${scratch}`);
  }
}
