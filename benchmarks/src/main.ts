import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { measureIdleStreams, type IdleMemory } from "./measure/measure-idle-streams.ts";
import { measureEncoding } from "./measure/measure-encoding.ts";
import { measureDirectory } from "./measure/measure-directory.ts";
import { measureDispatch } from "./measure/measure-dispatch.ts";
import { measureInProcess } from "./measure/measure-in-process.ts";
import { measureLimits } from "./measure/measure-limits.ts";
import { measureSharedLimits } from "./measure/measure-shared-limits.ts";
import { measureStreams } from "./measure/measure-streams.ts";
import { measureWorkloads, type Sample } from "./measure/measure-workloads.ts";
import { summarize } from "./measure/summarize.ts";
import { parseOptions, type Options } from "./options.ts";
import { divideProcessors, pin } from "./processes/pin.ts";
import { formatReport } from "./report/format-report.ts";
import type { Results } from "./report/results.ts";
import { compareWithTargets } from "./report/targets.ts";
import {
  directSubject,
  startBareProxy,
  startGateway,
  startProvider,
  type LoopbackProvider,
  type Subject,
} from "./subjects.ts";

type Start = () => Promise<Subject>;

const options = parseOptions(process.argv.slice(2));
const scratch = mkdtempSync(join(tmpdir(), "drawbridge-benchmark-"));
try {
  const results = await measure(options);
  console.log(`\n${formatReport(results)}\n`);
  if (options.jsonPath !== undefined) {
    const json = JSON.stringify({ ...results, targets: compareWithTargets(results) }, undefined, 2);
    writeFileSync(options.jsonPath, `${json}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(wanted: Options): Promise<Results> {
  const { rounds, processes, warmUpRounds, cpuRequests, idleStreams, inProcessRepeats, profilePath } = wanted;
  const provider = await startProvider(scratch);
  try {
    const proxy = { provider, scratch, nodeFlags: profileFlags(profilePath) };
    const starts: Start[] = [
      () => startBareProxy(proxy),
      () => startGateway("pass-through", proxy),
      () => startGateway("translating", proxy),
    ];
    const [processor] = cpus();
    const load = loadavg()[0] ?? 0;
    note(`measuring ${rounds} rounds on loopback`);
    const rows = summarize(await exchangesOfAll(provider, starts));
    note(`measuring ${idleStreams} idle streams`);
    const idle = await idleMemory(provider, starts);
    note("measuring in process");
    return {
      at: new Date().toISOString(),
      machine: { node: process.version, cpu: processor?.model ?? "unknown", cores: cpus().length, load },
      rounds,
      processes,
      warmUpRounds,
      cpuRequests,
      rows,
      idle,
      inProcess: [
        ...measureInProcess(inProcessRepeats),
        ...(await measureDispatch(inProcessRepeats)),
        ...(await measureDirectory(inProcessRepeats)),
        ...(await measureLimits(inProcessRepeats)),
        ...(await measureSharedLimits()),
      ],
      streams: measureStreams(inProcessRepeats),
      encoding: measureEncoding(inProcessRepeats),
    };
  } finally {
    await provider.child.stop();
  }
}

async function exchangesOfAll(provider: LoopbackProvider, starts: readonly Start[]): Promise<Sample[]> {
  const samples: Sample[] = [];
  const rounds = Math.ceil(options.rounds / options.processes);
  for (let first = 0; first < options.rounds; first += rounds) {
    const found = await exchanges(provider, starts, { ...options, rounds: Math.min(rounds, options.rounds - first) });
    samples.push(...found.map((sample) => ({ ...sample, round: first + sample.round })));
  }
  return samples;
}

async function exchanges(provider: LoopbackProvider, starts: readonly Start[], part: Options): Promise<Sample[]> {
  const started: Subject[] = [];
  const asking = [process.pid, provider.child.pid];
  const processors = divideProcessors(cpus().length);
  try {
    for (const start of starts) started.push(await start());
    pin(
      started.map(({ child }) => child?.pid),
      processors?.measured,
    );
    pin(asking, processors?.others);
    return await measureWorkloads([directSubject(provider), ...started], provider, part);
  } finally {
    // What is measured after this has programs of its own.
    pin(asking, processors?.all);
    await Promise.all(started.flatMap(({ child }) => (child === undefined ? [] : [child.stop()])));
  }
}

// Each in a fresh process, so that nothing left over from other measurements is counted.
async function idleMemory(provider: LoopbackProvider, starts: readonly Start[]): Promise<IdleMemory[]> {
  const found: IdleMemory[] = [];
  for (const start of starts) {
    const subject = await start();
    try {
      found.push(await measureIdleStreams(subject, provider, options.idleStreams));
    } finally {
      await subject.child?.stop();
    }
  }
  return found;
}

function profileFlags(folder: string | undefined): string[] {
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(folder)}`];
}

function note(text: string): void {
  process.stderr.write(`${text} …\n`);
}
