// One gateway of a campaign: the real one, with a defect in its stores where the campaign asks for one.
import { startGateway } from "@drawbridge/gateway/start-gateway";
import { plant } from "../planted/defects.ts";

const defect = process.env["CHAOS_DEFECT"];
const running = await startGateway({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  ...(defect !== undefined && { storesThrough: (stores) => plant(defect, stores) }),
});
process.on("SIGTERM", () => void running.close().finally(() => process.exit(0)));
