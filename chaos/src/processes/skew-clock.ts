// Loaded before a replica: lets the campaign put its clock wrong. What it sees of time is what a machine whose clock
// was set would show; clocks that only measure stretches of time go on as they are.
import { readFileSync, watchFile } from "node:fs";

const path = process.env["CHAOS_CLOCK_FILE"];
if (path !== undefined) {
  const trueNow = Date.now.bind(Date);
  let skewMs = 0;
  const read = (): void => {
    skewMs = Number(readFileSync(path, "utf8")) || 0;
  };
  read();
  watchFile(path, { interval: 100, persistent: false }, read);
  Date.now = () => trueNow() + skewMs;
}
