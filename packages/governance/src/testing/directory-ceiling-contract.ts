import { expect, test } from "vitest";
import {
  createEntry,
  createKey,
  type DirectoryChange,
  revokeKey,
  rotateKey,
  updateEntry,
  updateKey,
} from "../directory-store/directory-change.ts";
import { codeOf, digest, type DirectoryScene, dollars } from "./directory-scene.ts";

/** What levels above mean for the limits of those below. */
export function directoryCeilingContract(scene: DirectoryScene): void {
  const { change } = scene;

  /** acme 500, payments 100, bob 50, ci 20, and azure 25 for all together, all a month. */
  async function hierarchy(): Promise<void> {
    await change(createEntry("customer", { name: "acme", limits: [dollars(500)] }));
    await change(createEntry("customer", { name: "small", limits: [dollars(40)] }));
    await change(
      createEntry("team", {
        name: "payments",
        customer: "acme",
        limits: [dollars(100)],
        providerLimits: { openai: [dollars(30)] },
      }),
    );
    await change(createEntry("provider", { name: "azure", limits: [dollars(25)] }));
    await change(createEntry("user", { name: "bob", team: "payments", limits: [dollars(50)] }));
    await change(createKey({ name: "ci", user: "bob", digest: digest("ci"), limits: [dollars(20)] }));
  }

  const above = (title: string, usd: string): string =>
    `more than ${title} with ${usd} USD a month (UTC), which counts for it as well; ` +
    `lower it, leave it out, or raise that of ${title}`;

  test.each<[string, DirectoryChange, string]>([
    [
      "made with more than the level above",
      createEntry("team", { name: "new", customer: "acme", limits: [dollars(501)] }),
      `team "new" limits 0: team new may use 501.00 USD a month (UTC), ${above("customer acme", "500.00")}`,
    ],
    [
      "given more than the level above",
      updateKey("ci", { limits: [dollars(51)] }),
      `key "ci" limits 0: key ci may use 51.00 USD a month (UTC), ${above("user bob", "50.00")}`,
    ],
    [
      "given more than a level further up, which the one between does not limit",
      createKey({ name: "new", team: "payments", digest: digest("n"), limits: [dollars(100.5)] }),
      `key "new" limits 0: key new may use 100.50 USD a month (UTC), ${above("team payments", "100.00")}`,
    ],
    [
      "moved below a level that has less",
      updateEntry("team", "payments", { customer: "small" }),
      `team "payments" limits 0: team payments may use 100.00 USD a month (UTC), ${above("customer small", "40.00")}`,
    ],
    [
      "given more at a provider than the level above has there",
      updateEntry("user", "bob", { providerLimits: { openai: [dollars(31)] } }),
      `user "bob" providerLimits openai 0: user bob at openai may use 31.00 USD a month (UTC), ` +
        above("team payments at openai", "30.00"),
    ],
    [
      "given more at a provider than it has in all",
      updateEntry("team", "payments", { providerLimits: { gpu: [dollars(101)] } }),
      `team "payments" providerLimits gpu 0: team payments at gpu may use 101.00 USD a month (UTC), ` +
        above("team payments", "100.00"),
    ],
    [
      "given more at a provider than all together have there",
      updateEntry("team", "payments", { providerLimits: { azure: [dollars(26)] } }),
      `team "payments" providerLimits azure 0: team payments at azure may use 26.00 USD a month (UTC), ` +
        above("provider azure", "25.00"),
    ],
  ])("nobody is %s", async (_, refused, message) => {
    await hierarchy();
    const { version } = await scene.store.load();
    await expect(change(refused)).rejects.toMatchObject({ code: "invalid-entry", message });
    expect((await scene.store.load()).version).toBe(version);
  });

  test("a level can be lowered at any time, and what is below it goes on, but up no more", async () => {
    await hierarchy();
    await change(updateEntry("customer", "acme", { limits: [dollars(5)] }));
    await change(updateKey("ci", { tags: { project: "ledger" } }));
    await change(updateEntry("user", "bob", { policy: { models: { deny: ["*opus*"] } } }));
    await change(rotateKey("ci", digest("ci-2"), 60_000));
    expect(await codeOf(change(updateKey("ci", { limits: [dollars(21)] })))).toBe("invalid-entry");
    expect(await codeOf(change(updateKey("ci", { limits: [dollars(6)] })))).toBe("invalid-entry");
    await change(updateKey("ci", { limits: [dollars(5)] }));
    await change(revokeKey("ci"));
    expect((await scene.directory()).keys?.[0]).toMatchObject({ limits: [dollars(5)] });
  });

  test("a file lowers a level below what was made elsewhere", async () => {
    const team = (usd: number) => ({ directory: { teams: [{ name: "payments", limits: [dollars(usd)] }] }, rules: [] });
    await scene.store.applyFile("drawbridge.yaml", team(100));
    await change(createKey({ name: "ci", team: "payments", digest: digest("ci"), limits: [dollars(90)] }));
    expect(await scene.store.applyFile("drawbridge.yaml", team(10))).toMatchObject({ changed: 1 });
    const refused = { ...team(10).directory, users: [{ name: "bob", team: "payments", limits: [dollars(11)] }] };
    expect(await codeOf(scene.store.applyFile("drawbridge.yaml", { directory: refused, rules: [] }))).toBe(
      "invalid-entry",
    );
  });
}
