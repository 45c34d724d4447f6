import { expect, test } from "vitest";
import { onEachDatabase } from "../testing/test-database.ts";
import { postgresMessageBus } from "./postgres-message-bus.ts";

onEachDatabase((opened) => {
  test("a bus carries messages to all that listen to its channel", async () => {
    const { database } = opened;
    const buses = ["gateways", "gateways", "others"].map((channel) => postgresMessageBus({ database, channel }));
    const heard = buses.map((): string[] => []);
    buses.forEach((bus, index) => bus.subscribe((message) => heard[index]?.push(message)));
    await expect
      .poll(() => {
        buses[0]?.publish("here");
        return heard.slice(0, 2).map((messages) => messages.at(-1));
      })
      .toEqual(["here", "here"]);
    expect(heard[2]).toEqual([]);
    for (const bus of buses) bus.close();
  });
});
