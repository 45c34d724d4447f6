// One gateway of a campaign: the real one, with stores that hear what it says out of order while the campaign wants that,
// and with a defect where it asks for one.
import { startGateway } from "@drawbridge/gateway/start-gateway";
import { chanceFrom } from "../chance.ts";
import { crashingStores } from "../crash/crashing-stores.ts";
import { plant } from "../planted/plant.ts";
import { unrulyStores } from "../planted/unruly-stores.ts";
import { followOrders, noOrders } from "./orders.ts";

const { CHAOS_DEFECT: defect, CHAOS_LEASE_MS: lease, CHAOS_ORDERS: path } = process.env;
const orders = path === undefined ? () => noOrders : followOrders(path);
const leaseMs = Number(lease);
const chance = chanceFrom(process.pid);
const planted = defect === undefined ? undefined : plant(defect);
const running = await startGateway({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  leases: { leaseMs, graceMs: 3 * leaseMs },
  storesThrough: (stores) => {
    const unruly = unrulyStores(stores, { isUnruly: () => orders().isUnruly, chance });
    return planted?.(unruly) ?? crashingStores(unruly, () => orders().crashAt);
  },
});
process.on("SIGTERM", () => void running.close().finally(() => process.exit(0)));
