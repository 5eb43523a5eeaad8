/** Plans of jails on hand-made pictures of a host: what is done, and in which order. */
import { describe, expect, it } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { planJailAbsent } from "../../../provider/resources/jail-absent.js";
import { desiredConf } from "../../../provider/resources/jail-conf.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import {
  brief,
  emptyHost,
  hostWith,
  jailTarget,
  placeIn,
  stranger,
  zfsStorage,
} from "./pictures.js";

const em0 = (address: string) => ({ address, interface: "em0" });

/** Expects commands that begin so, in this order. */
function expectOrder(commands: readonly Command[], ...starts: string[]): void {
  const places = starts.map((start) => placeIn(commands, start));
  expect(places).toEqual([...places].sort((a, b) => a - b));
}

describe("a jail that is not there", () => {
  it("is claimed, built beside, renamed, configured, started, and listed for boot", () => {
    const t = jailTarget({ addresses: [em0("10.0.0.5")] });
    const { commands, locks } = planJail(t, emptyHost(t));
    expect(locks).toEqual(["jail.web"]);
    expectOrder(
      commands,
      "ln -sh MARK /jails/.pulumi-freebsd/marks/jail.web",
      "mkdir /jails/containers/web.partial",
      "copy_tree /jails/templates/15.1-RELEASE-full-0123abcd /jails/containers/web.partial",
      "rename",
      "put_file",
      "jail -f /etc/jail.conf.d/web.conf -c web",
      "lockf -k -t 60 /var/run/pulumi-freebsd/rc.conf sysrc jail_list+=web",
      "lockf -k -t 60 /var/run/pulumi-freebsd/rc.conf sysrc jail_enable=YES",
    );
  });

  it("is cloned under another name, and is a user of its template before that", () => {
    const t = jailTarget({ type: "clone" }, zfsStorage);
    const { commands, onFailure } = planJail(t, emptyHost(t));
    expectOrder(
      commands,
      "ln -sh MARK /jails/.pulumi-freebsd/users.15.1-RELEASE-full-0123abcd/",
      "zfs clone",
      "zfs rename tank/jails/containers/web.partial tank/jails/containers/web",
    );
    expect(brief(onFailure ?? [])).toEqual(["destroy_retry tank/jails/containers/web.partial"]);
  });

  it("begins anew where the last run left half a root", () => {
    const t = jailTarget();
    const { commands } = planJail(t, { ...emptyHost(t), partial: true });
    expectOrder(
      commands,
      "remove_tree /jails/containers/web.partial",
      "mkdir /jails/containers/web.partial",
    );
  });

  it("keeps what /etc/jail.conf starts at boot, when there was no list", () => {
    const t = jailTarget();
    const { commands } = planJail(t, { ...emptyHost(t), configured: ["old", "web"] });
    expect(brief(commands)).toContain(
      "lockf -k -t 60 /var/run/pulumi-freebsd/rc.conf sysrc jail_list+=old web",
    );
  });
});

describe("a jail that is as declared", () => {
  it.each([
    ["a directory", jailTarget({ addresses: [em0("10.0.0.5")] })],
    ["ZFS", jailTarget({ type: "clone" }, zfsStorage)],
  ])("needs nothing in %s", (_, t) => {
    expect(brief(planJail(t, hostWith(t)).commands)).toEqual([]);
  });
});

describe("a change", () => {
  const before = jailTarget({ addresses: [em0("10.0.0.5")] });

  it("that needs a restart stops the jail by the old file, before the new one is written", () => {
    const t = jailTarget({
      addresses: [em0("10.0.0.5")],
      mounts: [{ type: "tmpfs", target: "/scratch" }],
    });
    const { commands } = planJail(t, hostWith(before));
    expectOrder(
      commands,
      "jail -f /etc/jail.conf.d/web.conf -r web",
      "must_be_stopped web",
      "sweep_mounts /jails/containers/web",
      "remove_aliases em0 inet 10.0.0.5",
      "put_file /jails/containers/web.fstab",
      "put_file /etc/jail.conf.d/web.conf",
      "jail -f /etc/jail.conf.d/web.conf -c web",
    );
    expect(brief(commands).filter((line) => line.startsWith("jail -m"))).toEqual([]);
  });

  it("of an address makes the alias before the kernel hears of it, and the file last", () => {
    const t = jailTarget({ addresses: [em0("10.0.0.5"), em0("10.0.0.6")] });
    const { slots, addresses } = emptyHost(t);
    const { commands } = planJail(t, { ...hostWith(before), slots, addresses });
    expectOrder(
      commands,
      "ifconfig em0 inet 10.0.0.6/32 alias",
      "jail -m name=web ip4.addr=10.0.0.5,10.0.0.6",
      "put_file /etc/jail.conf.d/web.conf",
    );
    expect(brief(commands).join("\n")).not.toMatch(/^jail -f/m);
  });

  it("that takes an address away removes alias and lease when nothing uses them any more", () => {
    const both = jailTarget({ addresses: [em0("10.0.0.5"), em0("10.0.0.6")] });
    const { slots, addresses } = emptyHost(before);
    const { commands } = planJail(before, { ...hostWith(both), slots, addresses });
    expectOrder(
      commands,
      "jail -m name=web ip4.addr=10.0.0.5",
      "put_file /etc/jail.conf.d/web.conf",
      "remove_aliases em0 inet 10.0.0.6",
      "drop_lease /jails/.pulumi-freebsd/leases/10.0.0.6",
    );
  });

  it("of flags and host name is one jail -m", () => {
    const t = jailTarget({
      addresses: [em0("10.0.0.5")],
      hostname: "www",
      parameters: { "allow.raw_sockets": true, "allow.chflags": false },
    });
    const modifying = brief(planJail(t, hostWith(before)).commands).filter((line) =>
      line.startsWith("jail "),
    );
    expect(modifying).toEqual(["jail -m name=web host.hostname=www allow.raw_sockets=1"]);
  });

  it("waits for a stop as long as the jail's stop.timeout says, and what comes beside", () => {
    const slow = jailTarget({ parameters: { "stop.timeout": 3600 } });
    const t = { ...jailTarget({ running: false }), former: slow.inputs };
    const { commands } = planJail(t, hostWith(slow));
    const stop = commands.find(({ argv }) => argv.join(" ").endsWith("-r web"));
    expect(stop?.deadline).toBe(4200);
  });

  it("to stopped keeps root, file and addresses' leases", () => {
    const t = jailTarget({ addresses: [em0("10.0.0.5")], running: false });
    expect(brief(planJail(t, hostWith(before)).commands)).toEqual([
      "jail -f /etc/jail.conf.d/web.conf -r web",
      "must_be_stopped web",
      "sweep_mounts /jails/containers/web",
      "remove_aliases em0 inet 10.0.0.5",
    ]);
  });
});

describe("what is somebody else's", () => {
  const t = jailTarget();

  it("is refused by its mark, which says whose it is", () => {
    const seen = { ...hostWith(t), mark: stranger };
    expect(() => planJail(t, seen)).toThrow(/taken by the jail of urn:other/);
    const adopting = jailTarget({ adopt: true });
    expect(() => planJail(adopting, seen)).toThrow(/taken by the jail of urn:other/);
  });

  it.each([
    ["a running jail", { running: hostWith(t).running }, /a jail of that name runs \(jid 1\)/],
    ["a file", { conf: "web {}\n" }, /\/etc\/jail\.conf\.d\/web\.conf exists/],
    ["a root", { root: true }, /\/jails\/containers\/web exists/],
  ])("is refused when %s carries no mark, unless it is to be adopted", (_, more, words) => {
    const seen = { ...emptyHost(t), ...more };
    expect(() => planJail(t, seen)).toThrow(words);
    const adopting = jailTarget({ adopt: true });
    expect(placeIn(planJail(adopting, seen).commands, "ln -sh MARK")).toBe(0);
  });

  it("is refused when rc.d/jail would take both for one", () => {
    const named = jailTarget({ name: "a-b" });
    const neighbours = new Map([["a_b", stranger]]);
    const plan = () => planJail(named, { ...emptyHost(named), neighbours });
    expect(plan).toThrow(/the host has a jail a_b: rc\.d\/jail takes a_b for both names/);
  });

  it("is not touched by a delete", () => {
    expect(planJailAbsent(t, { ...hostWith(t), mark: stranger, held: new Map() }).commands).toEqual(
      [],
    );
    expect(planJailAbsent(t, { ...emptyHost(t), root: true }).commands).toEqual([]);
  });

  it("is not destroyed with the jail: a dataset that carries another mark", () => {
    const clone = jailTarget({ type: "clone" }, zfsStorage);
    const seen = hostWith(clone);
    const dataset = { ...seen.dataset!, mark: stranger };
    expect(() => planJailAbsent(clone, { ...seen, dataset })).toThrow(/mark of urn:other/);
  });
});

describe("the release that a jail sees", () => {
  const base = (t: JailTarget, release: string) => ({ ...t.inputs.base, release });
  const lines = (t: JailTarget, observed: JailObserved) =>
    planJail(t, observed).commands.map(({ argv }) => argv.join(" "));

  it("is its base's, and so is the number where the base says it", () => {
    const t = jailTarget();
    const start = planJail(t, { ...emptyHost(t), osreldate: "1501000" });
    const conf = start.commands.find(({ argv }) => argv.includes("/etc/jail.conf.d/web.conf"));
    expect(conf?.input).toContain('osrelease = "15.1-RELEASE";');
    expect(conf?.input).toContain("osreldate = 1501000;");
  });

  it("may be declared, and nothing is said of a base without a release's name", () => {
    const own = jailTarget({ parameters: { osrelease: "14.0-RELEASE" } });
    expect(desiredConf(own, []).statements.get("osrelease")).toBe("14.0-RELEASE");
    const t = jailTarget();
    const other = jailTarget({ base: base(t, "debian 12; exec.start = x") });
    expect(desiredConf(other, []).statements.has("osrelease")).toBe(false);
  });

  it("costs a restart where it is another one, but not for a patch level of the kernel", () => {
    const t = jailTarget();
    const running = (osrelease: string) => {
      const host = hostWith(t);
      const parameters = new Map([...host.running!.parameters, ["osrelease", osrelease]]);
      return { ...host, running: { ...host.running!, parameters } };
    };
    expect(lines(t, running("15.1-RELEASE-p3"))).toEqual([]);
    expect(lines(t, running("15.2-RELEASE")).join("\n")).toContain("-r web");
  });
});

describe("a delete", () => {
  it("stops, unlists, renames and removes; the configuration goes last, and after it the mark", () => {
    const t = jailTarget({ addresses: [em0("10.0.0.5")] });
    const { commands, tidy = [] } = planJailAbsent(t, hostWith(t));
    expectOrder(
      [...commands, ...tidy],
      "jail -f /etc/jail.conf.d/web.conf -r web",
      "must_be_stopped web",
      "sweep_mounts /jails/containers/web",
      "lockf -k -t 60 /var/run/pulumi-freebsd/rc.conf sysrc jail_list-=web",
      "set_aside",
      "remove_tree /jails/containers/web.deleted",
      "drop_lease /jails/.pulumi-freebsd/leases/10.0.0.5",
      "rm -f /etc/jail.conf.d/web.conf",
      "rm -f /jails/.pulumi-freebsd/marks/jail.web",
      "tidy",
    );
    expect(commands.length - placeIn(commands, "rm -f /etc/jail.conf.d/web.conf")).toBe(2);
  });

  it("on ZFS destroys exactly the jail's dataset", () => {
    const t = jailTarget({ type: "clone" }, zfsStorage);
    const destroying = brief(planJailAbsent(t, hostWith(t)).commands).filter((line) =>
      /destroy|^rm -r|remove_tree/.test(line),
    );
    expect(destroying).toEqual(["destroy_retry tank/jails/containers/web"]);
  });

  it("goes on where the last one was cut: a root that was renamed already", () => {
    const t = jailTarget();
    const seen = { ...hostWith(t), running: undefined, root: false, deleted: true };
    const { commands } = planJailAbsent(t, seen);
    expectOrder(commands, "remove_tree /jails/containers/web.deleted", "rm -f /etc/jail.conf.d");
    expect(brief(commands).join("\n")).not.toMatch(/^(rename|jail) /m);
  });
});
