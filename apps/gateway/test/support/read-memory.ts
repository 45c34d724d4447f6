import { fileURLToPath } from "node:url";
import type { GatewayProcess } from "./start-gateway.ts";

/** Flags of Node with which a gateway's memory can be read. */
export const measurable: readonly string[] = [
  "--expose-gc",
  `--import=${fileURLToPath(new URL("memory-probe.ts", import.meta.url))}`,
];

/** What a process has in memory. */
export interface MemoryReading {
  /** Heap and buffers that somebody still holds. */
  readonly heldBytes: number;
  /** By the operating system's count. */
  readonly rssBytes: number;
}

/** Collects garbage in a gateway that was started {@link measurable}, and reads its memory. */
export async function readMemory(gateway: GatewayProcess): Promise<MemoryReading> {
  const lines = (): string[] => gateway.output().match(/^\{"reading":.*\}$/gmu) ?? [];
  const before = lines().length;
  gateway.signal("SIGUSR2");
  await gateway.printed(() => lines().length > before);
  return JSON.parse(lines().at(-1) ?? "") as MemoryReading;
}
