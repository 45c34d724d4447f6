import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "./judge/judge.ts";
import { verdictLine } from "./judge/tell.ts";
import { type Options, parseOptions } from "./options.ts";
import { defectNames } from "./planted/defects.ts";
import { type Campaign, runCampaign } from "./run-campaign.ts";

const options = parseOptions(process.argv.slice(2), Date.now());
const report = (text: string): void => void process.stdout.write(`${text}\n`);
process.exitCode = await (options.defects ? findDefects(options) : judgeOnce(options));

/** One campaign; ends with the line that says what came of it. */
async function judgeOnce(asked: Options): Promise<number> {
  const { seconds, replicas, seed, leaseSeconds } = asked;
  report(`seed ${seed}, ${replicas} replicas, ${seconds} s, leases of ${leaseSeconds} s`);
  const verdict = await campaign(asked, { report });
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
  const waiting: (string | undefined)[] = [undefined, ...(asked.only ?? defectNames)];
  const planted = waiting.length - 1;
  let [found, isClean] = [0, true];
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const defect = waiting.shift();
      const { problems } = await campaign(asked, { defect, report: () => undefined });
      const [first] = problems;
      if (defect === undefined) isClean = first === undefined;
      else if (first !== undefined) found += 1;
      const told = first === undefined ? "nothing found" : `${problems.length} found, the first: ${first}`;
      report(`${defect ?? "no defect"}: ${told}`);
    }
  };
  await Promise.all(Array.from({ length: asked.atOnce }, work));
  report(`${found} of ${planted} planted defects found, ${isClean ? "nothing" : "something"} where there was none`);
  return isClean && found === planted ? 0 : 1;
}

async function campaign(
  { seconds, perSecond, replicas, seed, leaseSeconds }: Options,
  how: Pick<Campaign, "defect" | "report">,
): Promise<Verdict> {
  const scratch = await mkdtemp(join(tmpdir(), "drawbridge-chaos-"));
  try {
    return await runCampaign({ scratch, seconds, perSecond, replicas, seed, leaseMs: leaseSeconds * 1_000, ...how });
  } finally {
    if (process.env["CHAOS_KEEP"] === undefined) await rm(scratch, { recursive: true, force: true });
    else report(`kept ${scratch}`);
  }
}
