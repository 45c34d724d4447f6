import { expect, test } from "vitest";
import {
  createEntry,
  createKey,
  type DirectoryChange,
  removeEntry,
  revokeKey,
  rotateKey,
  unlessChanged,
  updateEntry,
  updateKey,
} from "../directory-store/directory-change.ts";
import { codeOf, digest, dollars, type DirectoryScene } from "./directory-scene.ts";

function refusing(when: string): DirectoryChange {
  return createEntry("rule", { name: "r", when, refuse: "no" });
}

/** Which changes a directory refuses. */
export function directoryRefusalContract(scene: DirectoryScene): void {
  const { change } = scene;
  test.each<[string, DirectoryChange, string]>([
    ["a team that there is", createEntry("team", { name: "payments" }), "entry-exists"],
    ["a team of nobody", createEntry("team", { name: "new", customer: "nobody" }), "invalid-entry"],
    ["a key of nobody", createKey({ name: "new", user: "nobody", digest: digest("n") }), "invalid-entry"],
    [
      "a key of two",
      createKey({ name: "new", team: "payments", customer: "acme", digest: digest("n") }),
      "invalid-entry",
    ],
    ["a key with the value of another", createKey({ name: "new", digest: digest("ci") }), "entry-exists"],
    ["a name that is none", createEntry("team", { name: " " }), "invalid-entry"],
    ["a negative limit", updateEntry("customer", "acme", { limits: [dollars(-1)] }), "invalid-entry"],
    ["a limit that is no number", updateEntry("customer", "acme", { limits: [dollars(Number.NaN)] }), "invalid-entry"],
    ["a huge limit", updateEntry("customer", "acme", { limits: [dollars(1e12)] }), "invalid-entry"],
    [
      "an infinite limit of a provider",
      createEntry("provider", { name: "x", limits: [dollars(Infinity)] }),
      "invalid-entry",
    ],
    [
      "a pattern that is none",
      updateEntry("team", "payments", { policy: { models: { allow: [""] } } }),
      "invalid-entry",
    ],
    ["a move to a team of nobody", updateEntry("team", "payments", { customer: "nobody" }), "invalid-entry"],
    ["a move to a user of nobody", updateKey("ci", { team: undefined, user: "nobody" }), "invalid-entry"],
    ["a team without its customer", updateEntry("team", "payments", { customer: "" }), "invalid-entry"],
    ["a rule that does not compile", refusing("tols > 1"), "invalid-entry"],
    ["a rule for another gateway", refusing('healthy("elsewhere")'), "invalid-rule"],
    ["text that no database keeps", createEntry("team", { name: "new", tags: { a: "\0" } }), "invalid-entry"],
    ["half a character", createEntry("team", { name: "new", tags: { a: "\uD800" } }), "invalid-entry"],
    ["a team that there is not", updateEntry("team", "paiments", { tags: {} }), "unknown-entry"],
    ["a change of what has changed", unlessChanged(updateEntry("team", "payments", { tags: {} }), 1), "entry-changed"],
    ["the removal of what there is not", removeEntry("user", "nobody"), "unknown-entry"],
    ["the removal of what others hang on", removeEntry("customer", "acme"), "entry-in-use"],
    [
      "a key's value by the way",
      { action: "update", kind: "key", name: "ci", spec: { digest: digest("x") } },
      "invalid-entry",
    ],
    [
      "an end of revocation",
      { action: "update", kind: "key", name: "gone", spec: { revokedAtMs: undefined } },
      "invalid-entry",
    ],
    ["a revoked key's rotation", rotateKey("gone", digest("x"), 0), "invalid-entry"],
    ["a rotation to another key's value", rotateKey("ci", digest("gone"), 0), "entry-exists"],
    ["a rotation to the same value", rotateKey("ci", digest("ci"), 0), "invalid-entry"],
    ["an endless overlap", rotateKey("ci", digest("x"), Infinity), "invalid-entry"],
  ])("refuses %s, and nothing has happened", async (_, refused, code) => {
    await change(createEntry("customer", { name: "acme", limits: [dollars(500)] }));
    await change(createEntry("team", { name: "payments", customer: "acme" }));
    await change(createKey({ name: "ci", team: "payments", digest: digest("ci") }));
    await change(createKey({ name: "gone", digest: digest("gone") }));
    await change(revokeKey("gone"));
    const before = [await scene.store.load(), await scene.store.audit()];
    expect(await codeOf(change(refused))).toBe(code);
    expect([await scene.store.load(), await scene.store.audit()]).toEqual(before);
    expect(await change(createEntry("team", { name: "next" }))).toBe(6);
  });

  test.each<[string, DirectoryChange, RegExp]>([
    [
      "a broken condition",
      refusing("stream && tols > 1"),
      /condition of the rule "r": at character 11, tols.*toolNames/s,
    ],
    ["a change to one", updateEntry("rule", "there", { when: "model" }), /rule "there".*true or false/s],
    ["what no request can be", refusing('tier == "opsu"'), /did you mean "opus"/],
    ["a rule that does nothing", createEntry("rule", { name: "r", when: "stream" }), /the rule "r" does nothing/],
    [
      "a target that is none",
      createEntry("rule", { name: "r", route: [{ targets: [{ target: "gpu" }] }] }),
      /the target "gpu" of "r" is not "provider\/model"/,
    ],
    [
      "an impossible weight",
      createEntry("rule", { name: "r", route: [{ targets: [{ target: "gpu/x", weight: -1 }] }] }),
      /weight -1 of "gpu\/x"/,
    ],
    ["too much work", refusing("toolNames.all(t, toolNames.exists(u, u == t))"), /steps/],
  ])("tells precisely what is wrong with %s when it is written", async (_, refused, told) => {
    await change(createEntry("rule", { name: "there", when: "stream", refuse: "no" }));
    await expect(change(refused)).rejects.toMatchObject({
      code: "invalid-entry",
      message: expect.stringMatching(told),
    });
    expect((await scene.store.load()).governed.rules).toMatchObject([{ name: "there", when: "stream" }]);
  });
}
