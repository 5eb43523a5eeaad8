/** Sessions 03, 04 and 21: a jail's life from its configuration file, as pictures and plans. */
import { describe, expect, it } from "vitest";
import { jail } from "../../provider/resources/jail.js";
import { see } from "./plans.js";
import { expectRecorded, reach } from "./plans-evidence.js";
import { addressesOn, jailTarget, standBeside, standOwning } from "./plans-targets.js";
import { readSession, releases } from "./transcripts.js";

const root = "/usr/local/jails/containers/web";
const own = ["10.0.2.15/24"];
const vtnet0 = (address: string) => ({ address, interface: "vtnet0" });
const declared = { addresses: [vtnet0("10.0.2.101")], autostart: false };
const start = "jail -f /etc/jail.conf.d/web.conf -c web";
const stop = "jail -f /etc/jail.conf.d/web.conf -r web";
const devfs = { from: "devfs", on: `${root}/dev`, type: "devfs", options: ["rw"] };

/** Claims a jail's name, and its template: a jail is compared with that when it moves to another one. */
const state = "/usr/local/jails/.pulumi-freebsd";
const claim = [
  `ln -sh MARK ${state}/marks/jail.web`,
  `mkdir -p ${state}/users.13.2-RELEASE`,
  expect.stringMatching(`^ln -sh MARK ${state}/users.13.2-RELEASE/[0-9a-f]{16}$`),
  `ln -sfh template:13.2-RELEASE ${state}/marks/tree.web`,
];

describe.each(releases)("a jail of %s", (release) => {
  const stand = (session: string, command: string) => standBeside(release, session, command);
  const standAsOurs = (session: string, command: string) =>
    standOwning(release, jailTarget(declared), session, command);

  it("that is not there is built beside, given its name, configured and started", async () => {
    const moment = await stand("03", "ls -A /usr/local/jails/containers");
    const { picture, plan, ran } = await reach(moment, jail, jailTarget(declared));
    expect(picture).toMatchObject({
      ...{ running: undefined, conf: undefined, root: false, partial: false, template: true },
      ...{ mark: undefined, mounts: [], foreignMounts: [], boot: { enabled: true, list: [] } },
    });
    expect(addressesOn(picture, "vtnet0")).toEqual(own);
    expect(plan).toEqual([
      ...claim,
      `mkdir ${root}.partial`,
      `copy_tree /usr/local/jails/templates/13.2-RELEASE ${root}.partial`,
      `copy_resolver ${root}.partial`,
      `rename ${root}.partial ${root}`,
      "mkdir -p /etc/jail.conf.d",
      "put_file /etc/jail.conf.d/web.conf 0644",
      start,
    ]);
    expectRecorded(release, "04", ran, [start]);
  });

  it("whose tree and file somebody made is refused, or taken over and started", async () => {
    const moment = await stand("04", "cat > /etc/jail.conf.d/web.conf");
    const { picture, recorded } = await see(moment, jail, jailTarget(declared));
    const file = readSession(release, "04")[1]?.stdin;
    expect(picture).toMatchObject({ running: undefined, conf: file, root: true, mark: undefined });
    expect(recorded).toEqual(["jail"]);
    expect(() => jail.plan(jailTarget(declared), picture)).toThrow(
      `/etc/jail.conf.d/web.conf exists, ${root} exists, and carries no mark of ours.`,
    );
    const { ran } = await reach(moment, jail, jailTarget({ ...declared, adopt: true }));
    expectRecorded(release, "04", ran, [start]);
  });

  it("that runs is seen as it is, and taken over without a stop or a change", async () => {
    const moment = await stand("04", start);
    const t = jailTarget({ ...declared, adopt: true });
    const { picture, recorded, plan } = await reach(moment, jail, t);
    expect(recorded).toEqual(["jail", "mounts"]);
    expect(picture).toMatchObject({ mounts: [devfs], foreignMounts: [], root: true });
    expect(picture.running).toMatchObject({
      ...{ jid: 1, name: "web", path: root, hostname: "web.example.org", dying: false },
      ...{ addresses: ["10.0.2.101"], osrelease: release },
    });
    expect(addressesOn(picture, "vtnet0")).toEqual([...own, "10.0.2.101/32"]);
    expect(jail.outputs(t, picture)).toMatchObject({ jid: 1, address: "10.0.2.101" });
    expect(jail.drifted(t, picture)).toEqual(t.inputs);
    expect(plan).toEqual([
      ...claim,
      "mkdir -p /etc/jail.conf.d",
      "put_file /etc/jail.conf.d/web.conf 0644",
    ]);
  });

  it.each([
    ["a hostname", { hostname: "www.example.org" }, "host.hostname=www.example.org"],
    ["a flag", { parameters: { "allow.raw_sockets": true } }, "allow.raw_sockets=1"],
    ["a secure level", { parameters: { securelevel: 1 } }, "securelevel=1"],
    ["a number", { parameters: { enforce_statfs: 1 } }, "enforce_statfs=1"],
    ["a limit of children", { parameters: { "children.max": 3 } }, "children.max=3"],
  ])("that runs gets %s as the recorded one got it", async (_, more, argument) => {
    const moment = await standAsOurs("04", start);
    const { ran } = await reach(moment, jail, jailTarget({ ...declared, ...more }));
    expectRecorded(release, "04", ran, [`jail -m name=web ${argument}`]);
  });

  it("that runs gets a further address: on the interface, then in the jail's list", async () => {
    const moment = await standAsOurs("04", start);
    const addresses = [...declared.addresses, vtnet0("10.0.2.120")];
    const { ran, plan } = await reach(moment, jail, jailTarget({ ...declared, addresses }));
    expectRecorded(release, "08", ran, ["ifconfig vtnet0 inet 10.0.2.120/32 alias"]);
    expect(plan.slice(1, 2)).toEqual(["jail -m name=web ip4.addr=10.0.2.101,10.0.2.120"]);
  });

  it("whose list got an address that its interface has not: seen, and put right either way", async () => {
    const moment = await standAsOurs("04", "jail -m name=web ip4.addr=10.0.2.101,10.0.2.102");
    const same = {
      ...{ ...declared, hostname: "www.example.org" },
      parameters: { "allow.raw_sockets": true, enforce_statfs: 1, "children.max": 3 },
    };
    const { picture } = await see(moment, jail, jailTarget(same));
    expect(picture.running?.addresses).toEqual(["10.0.2.101", "10.0.2.102"]);
    expect(addressesOn(picture, "vtnet0")).toEqual([...own, "10.0.2.101/32"]);
    const both = jailTarget({ ...same, addresses: [...declared.addresses, vtnet0("10.0.2.102")] });
    const [first] = jail.plan(both, (await see(moment, jail, both)).picture).commands;
    expect(first?.argv).toEqual(["ifconfig", "vtnet0", "inet", "10.0.2.102/32", "alias"]);
    const { ran } = await reach(moment, jail, jailTarget(same));
    expectRecorded(release, "04", ran, ["jail -m name=web ip4.addr=10.0.2.101"]);
  });

  it("that somebody changed in many ways is taken back to what is declared", async () => {
    const moment = await standAsOurs("04", "jail -m name=web persist");
    const { picture, plan } = await reach(moment, jail, jailTarget(declared));
    expect(jail.drifted(jailTarget(declared), picture)).toMatchObject({
      hostname: "www.example.org",
      parameters: { persist: true, enforce_statfs: 1, "children.max": 3 },
    });
    expect(plan[0]).toBe(
      "jail -m name=web host.hostname=web.example.org allow.noraw_sockets enforce_statfs=2 children.max=0 nopersist",
    );
  });

  it("that runs is stopped as the recorded one was, and nothing is left of it", async () => {
    const moment = await standAsOurs("04", "jail -m name=web persist");
    const { ran } = await reach(moment, jail, jailTarget(declared), { goal: "absent" });
    expectRecorded(release, "04", ran, [stop]);
    const { picture } = await see(moment, jail, jailTarget(declared));
    expect(addressesOn(picture, "vtnet0")).toEqual(own);
    expect(picture).toMatchObject({ running: undefined, conf: undefined, root: false, mounts: [] });
  });

  it("that was stopped has neither mounts nor aliases", async () => {
    const moment = await standAsOurs("04", "jail -R nosuch");
    const { picture, recorded, ran } = await reach(moment, jail, jailTarget(declared));
    expect(recorded).toEqual(["jail", "mounts"]);
    expect(picture).toMatchObject({ running: undefined, mounts: [], root: true });
    expect(addressesOn(picture, "vtnet0")).toEqual(own);
    expectRecorded(release, "04", ran, [start]);
  });

  it("that rc.d/jail started is as one that jail(8) started, with another number", async () => {
    const moment = await standAsOurs("04", "service jail onestart web");
    const { picture, plan } = await reach(moment, jail, jailTarget(declared));
    expect(picture.running).toMatchObject({ jid: 2, path: root, addresses: ["10.0.2.101"] });
    expect(plan).toEqual(["mkdir -p /etc/jail.conf.d", "put_file /etc/jail.conf.d/web.conf 0644"]);
  });
});
