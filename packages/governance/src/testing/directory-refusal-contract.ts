import { expect, test } from "vitest";
import {
  createEntry,
  createKey,
  type DirectoryChange,
  removeEntry,
  revokeKey,
  rotateKey,
  updateEntry,
} from "../directory-store/directory-change.ts";
import { codeOf, digest, dollars, type DirectoryScene } from "./directory-scene.ts";

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
    [
      "a rule that does not compile",
      createEntry("rule", { name: "r", when: "broken (", refuse: "no" }),
      "invalid-entry",
    ],
    ["text that no database keeps", createEntry("team", { name: "new", tags: { a: "\0" } }), "invalid-entry"],
    ["half a character", createEntry("team", { name: "new", tags: { a: "\uD800" } }), "invalid-entry"],
    ["a team that there is not", updateEntry("team", "paiments", { tags: {} }), "unknown-entry"],
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
}
