import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verdictLine } from "./judge/judge.ts";
import { type Options, parseOptions } from "./options.ts";
import { defectNames } from "./planted/defects.ts";
import { type Campaign, runCampaign } from "./run-campaign.ts";

const options = parseOptions(process.argv.slice(2), Date.now());
const report = (text: string): void => void process.stdout.write(`${text}\n`);
process.exitCode = await (options.defects ? findDefects(options) : judgeOnce(options));

/** One campaign; ends with the line that says what came of it. */
async function judgeOnce({ seconds, perSecond, replicas, seed }: Options): Promise<number> {
  report(`seed ${seed}, ${replicas} replicas, ${seconds} s`);
  const verdict = await inScratch((scratch) => runCampaign({ scratch, seconds, perSecond, replicas, seed, report }));
  for (const problem of verdict.problems.slice(0, 50)) report(`problem: ${problem}`);
  if (verdict.problems.length > 50) report(`… and ${verdict.problems.length - 50} more problems`);
  report(verdictLine(verdict));
  return verdict.problems.length === 0 ? 0 : 1;
}

/** One campaign a planted defect. A defect that is not found means that a campaign proves nothing. */
async function findDefects({ seconds, perSecond, replicas, seed }: Options): Promise<number> {
  let missed = 0;
  for (const defect of defectNames) {
    const silent = (): void => undefined;
    const campaign = { seconds, perSecond, replicas, seed, defect, report: silent };
    const { problems } = await inScratch((scratch) => runCampaign({ ...campaign, scratch }));
    report(`${defect}: ${problems.length === 0 ? "MISSED" : `found (${problems[0]})`}`);
    if (problems.length === 0) missed += 1;
  }
  report(`${defectNames.length - missed} of ${defectNames.length} planted defects found`);
  return missed === 0 ? 0 : 1;
}

async function inScratch<T>(work: (scratch: Campaign["scratch"]) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "drawbridge-chaos-"));
  try {
    return await work(scratch);
  } finally {
    if (process.env["CHAOS_KEEP"] === undefined) await rm(scratch, { recursive: true, force: true });
    else report(`kept ${scratch}`);
  }
}
