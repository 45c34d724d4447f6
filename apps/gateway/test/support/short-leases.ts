// The gateway as a user starts it, but for how long its holds last.
import { startGateway } from "../../src/start-gateway.ts";

const leaseMs = Number(process.env["LEASE_MS"]);
const { env, stdout } = process;
await startGateway({
  argv: process.argv.slice(2),
  env,
  cwd: process.cwd(),
  stdout,
  leases: { leaseMs, graceMs: leaseMs },
});
