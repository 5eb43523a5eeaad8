/** A jail of another tool that stays where it is: what it may declare, and what is never done to its tree. */
import { expect, it } from "vitest";
import { idOf } from "../../../provider/freebsd/mark.js";
import { planAdoptedAbsent } from "../../../provider/resources/jail-adopted.js";
import { refuseAdoptedChanges } from "../../../provider/resources/jail-adopted-inputs.js";
import { jailSchema } from "../../../provider/resources/jail-inputs.js";
import { type JailTarget, placeOf } from "../../../provider/resources/jail-place.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { brief, emptyHost, hostWith, owner, zfsStorage } from "./pictures.js";

const path = "/usr/local/bastille/jails/web/root";
const declared = { host: "h", owner, name: "web", resolver: "none", adopt: { path } };

function target(more: object = {}): JailTarget {
  const inputs = jailSchema.parse({ ...declared, ...more });
  return {
    ...{ inputs, storage: zfsStorage, life: "0", formerMarks: [] },
    mark: { id: idOf(owner), owner },
  };
}

const faults = (inputs: object) =>
  jailSchema.safeParse(inputs).error?.issues.map((issue) => issue.path.join(".")) ?? [];

it("has its own tree, and no dataset of ours", () => {
  expect(placeOf(target())).toMatchObject({ path, dataset: undefined, partialDataset: undefined });
});

it.each([
  [{ type: "clone" }, "type"],
  [{ layers: ["/x.jailpkg"] }, "layers"],
  [{ record: true }, "record"],
  [{ quota: "1g" }, "quota"],
  [{ healthCheck: { command: "true" } }, "healthCheck"],
  [{ base: { templateName: "t", path: "/t", release: "15.1-RELEASE" } }, "base"],
  [{ adopt: { path: "relative" } }, "adopt"],
])("%j is refused at %s", (more, where) => {
  expect(faults({ ...declared, ...more }).join(" ")).toContain(where);
});

it("every other jail needs a base", () => {
  expect(faults({ ...declared, adopt: true })).toContain("base");
  const base = { templateName: "adopted", path: "/t", release: "15.1-RELEASE" };
  expect(faults({ ...declared, adopt: true, base })).toContain("base");
});

it("neither its path nor its name changes", () => {
  const { inputs } = target();
  const properties = (olds: object) =>
    refuseAdoptedChanges(inputs, { ...inputs, ...olds }).map(({ property }) => property);
  expect(properties({})).toEqual([]);
  expect(properties({ adopt: true })).toEqual(["adopt"]);
  expect(properties({ adopt: { path: "/x" } })).toEqual(["adopt"]);
  expect(properties({ name: "www" })).toEqual(["name"]);
});

/** Started by another tool: nothing of it is in our files. */
function foreign(t: JailTarget) {
  const { running, mounts, interfaces } = hostWith(t);
  return { ...emptyHost(t), root: true, running, mounts, interfaces };
}

it("is taken over without being stopped", () => {
  const t = target({ mounts: [{ source: "/rel", target: "/.bastille", readOnly: true }] });
  const commands = brief(planJail(t, foreign(t)).commands);
  expect(commands.filter((line) => /^(jail|umount|rm|mkdir \S+partial)/.test(line))).toEqual([]);
  expect(commands.join("\n")).toContain("/etc/jail.conf.d/web.conf");
  expect(commands.join("\n")).not.toContain("users.adopted");
});

it("is restarted for what the kernel cannot change", () => {
  const t = target({ parameters: { vnet: "new" } });
  const other = target();
  const commands = brief(planJail(t, { ...foreign(t), running: hostWith(other).running }).commands);
  expect(commands.join("\n")).toMatch(/jail -r web/);
});

it("is refused when its root is not there", () => {
  const t = target();
  expect(() => planJail(t, { ...emptyHost(t), template: false })).toThrow(/is not there/);
});

it("a file that another wrote under its name tells no restart", () => {
  const t = target();
  const conf = `web {\n  path = "${path}";\n  exec.start = "/bin/other";\n}\n`;
  const commands = brief(planJail(t, { ...foreign(t), conf }).commands);
  expect(commands.filter((line) => line.startsWith("jail"))).toEqual([]);
});

it("its tree stays when it is deleted, and so does all that is not ours", () => {
  const t = target();
  const commands = brief(planAdoptedAbsent(t, hostWith(t)).commands);
  expect(commands.filter((line) => /rm -rf|chflags|mv |zfs/.test(line))).toEqual([]);
  expect(commands.join("\n")).toContain("/etc/jail.conf.d/web.conf");
  expect(planAdoptedAbsent(t, foreign(t)).commands).toEqual([]);
});
