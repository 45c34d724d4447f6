// Loaded before a replica: lets the campaign put its clock wrong. What it sees of time is what a machine whose clock
// was set would show; clocks that only measure stretches of time go on as they are.
import { followOrders } from "./orders.ts";

const path = process.env["CHAOS_ORDERS"];
if (path !== undefined) {
  const trueNow = Date.now.bind(Date);
  const orders = followOrders(path);
  Date.now = () => trueNow() + orders().skewMs;
}
