import type { MoneyStores } from "@drawbridge/gateway/start-gateway";
import { Redis } from "ioredis";
import { type Defect, defects } from "./defects.ts";

/** Plants a defect in this process, and gives what is done to its stores. Throws for a name that is none. */
export function plant(name: string): (stores: MoneyStores) => MoneyStores {
  const defect = defects[name];
  if (defect === undefined) throw new Error(`there is no defect "${name}"`);
  const { script, stores: through } = defect;
  if (script !== undefined) changeScripts(script);
  return (stores) => {
    const { limits, book } = stores;
    if (book === undefined) throw new Error("there is no book");
    // What is settled goes by the one way that defects are planted in.
    return through?.({ limits: { ...limits, closeAhead: undefined }, book }) ?? stores;
  };
}

/** Has all scripts that are sent to Redis changed on their way. */
function changeScripts(change: NonNullable<Defect["script"]>): void {
  const all: { sendCommand: (...of: Parameters<Redis["sendCommand"]>) => unknown } = Redis.prototype;
  all.sendCommand = new Proxy(all.sendCommand, {
    apply(send, redis: Redis, [command, ...rest]: Parameters<Redis["sendCommand"]>) {
      const [text] = command.args;
      if (command.name === "eval" && typeof text === "string") command.args[0] = change(text);
      return Reflect.apply(send, redis, [command, ...rest]);
    },
  });
}
