/** What a measured process says of itself when it is asked. */
export type ProbeReading = { readonly cpuMicros: number } | { readonly rssBytes: number; readonly heldBytes: number };

// Loaded with `--import` before the measured program, which knows nothing of it.
process.on("message", (question) => {
  if (question === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system } satisfies ProbeReading);
  }
  if (question === "memory") {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send?.({ rssBytes: rss, heldBytes: heapUsed + external } satisfies ProbeReading);
  }
});
// The question line must not keep a program alive that wants to leave.
process.channel?.unref();
