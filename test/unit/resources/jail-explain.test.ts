/** What a preview says of changed parameters is what the update then does. */
import { expect, it } from "vitest";
import { jail } from "../../../provider/resources/jail.js";

it.each([
  [{ "allow.raw_sockets": true }, {}, "live"],
  [{}, { devfs_ruleset: 5 }, "restart"],
  [{ "exec.start": "/bin/true" }, {}, "restart"],
  [{ "exec.stop": "/bin/true" }, {}, "none"],
  [{}, { "exec.stop": "/bin/true" }, "none"],
  [{ "exec.stop": "/bin/true" }, { "allow.raw_sockets": true }, "live"],
])("from %o to %o: %s", (from, to, effect) => {
  expect(jail.explain?.("parameters", from, to).effect).toBe(effect);
});

it.each([
  ["empty", "restart"],
  ["thick", "live"],
])("files of a jail of type %s: %s", (type, effect) => {
  for (const key of ["files", "hosts", "resolver"])
    expect(jail.explain?.(key, {}, { "/x": { content: "" } }, { type }).effect).toBe(effect);
});

it.each([
  [0, "the old tree is removed"],
  [1, "the old tree is kept under its date"],
])("what becomes of the old tree with keepOld: %i", (keepOld, words) => {
  const [older, newer] = ["14.3-RELEASE", "15.1-RELEASE"].map((release) => ({
    release,
    templateName: release,
  }));
  expect(jail.explain?.("base", older, newer, { keepOld }).detail).toContain(words);
  expect(jail.explain?.("type", "thin", "thick", { keepOld }).detail).toContain(words);
});
