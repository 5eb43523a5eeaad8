/** Every parser on text that real hosts printed, of both releases. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLinks, parseStat } from "../../../provider/freebsd/files.js";
import { parseInterfaces } from "../../../provider/freebsd/ifconfig.js";
import { parseConfigured } from "../../../provider/freebsd/jail.js";
import { parseJail, showJail } from "../../../provider/freebsd/jls.js";
import { mountsBelow, parseMounts } from "../../../provider/freebsd/mount.js";
import { parseDefaultGateway } from "../../../provider/freebsd/netstat.js";
import { parseManifest, parseUserland } from "../../../provider/freebsd/release.js";
import { parseFacts, releaseDate } from "../../../provider/freebsd/sysctl.js";
import { parseBootSettings } from "../../../provider/freebsd/sysrc.js";
import { parseDatasets, parseSnapshots } from "../../../provider/freebsd/zfs.js";
import { answer, releases } from "../transcripts.js";

const tree = "/usr/local/jails/containers/web";

describe.each(releases)("on %s", (release) => {
  it("jls shows a running jail with its parameters", () => {
    const result = answer(release, "04", "jls --libxo json -n -j web");
    const jail = parseJail(result, "web")!;
    expect(jail).toMatchObject({
      jid: 1,
      name: "web",
      path: tree,
      hostname: "web.example.org",
      dying: false,
    });
    expect(jail.addresses).toEqual(["10.0.2.101"]);
    expect(jail.parameters.get("enforce_statfs")).toBe("2");
    expect(jail.parameters.get("allow.raw_sockets")).toBe(false);
    expect(jail.parameters.get("allow.reserved_ports")).toBe(true);
  });

  it("jls says that a jail does not run", () => {
    expect(parseJail(answer(release, "04", "jls -j web jid"), "web")).toBeUndefined();
  });

  it("jls of all jails answers for one", () => {
    const all = answer(release, "04", "jls --libxo json -n");
    const { pick } = showJail("web").wide!;
    expect(parseJail(pick(all), "web")).toEqual(parseJail(all, "web"));
    expect(parseJail(showJail("we").wide!.pick(all), "we")).toBeUndefined();
  });

  it("mount -p shows what is below a path", () => {
    const result = answer(release, "20", "mount -p");
    const mounts = parseMounts(result, tree);
    expect(mounts.map(({ on, type }) => [on.slice(tree.length), type])).toEqual([
      ["/mnt/data", "nullfs"],
      ["/tmp", "tmpfs"],
      ["/dev", "devfs"],
      ["/dev/fd", "fdescfs"],
      ["/proc", "procfs"],
    ]);
    expect(mounts[0]).toMatchObject({ from: "/tmp/m/src" });
    expect(mounts[0]!.options[0]).toBe("ro");
    expect(parseMounts(mountsBelow(tree).wide!.pick(result), tree)).toEqual(mounts);
    expect(parseMounts(result, "/usr/local/jails/containers/we")).toEqual([]);
  });

  it("mount -p with a blank in a path", () => {
    const result = answer(release, "06", "mount -p -t nullfs", 2);
    expect(parseMounts(result, "/tmp/m")).toMatchObject([
      { from: "/tmp/m/src", on: "/tmp/m/with space", type: "nullfs" },
    ]);
  });

  it("ifconfig shows all addresses with their interfaces", () => {
    const { names, addresses } = parseInterfaces(
      answer(release, "08", "ifconfig -f inet:cidr,inet6:cidr -a"),
    );
    expect([...names].sort()).toEqual(["lo0", "vtnet0"]);
    expect(addresses).toContainEqual({ interface: "vtnet0", address: "10.0.2.121", prefix: 32 });
    expect(addresses).toContainEqual({ interface: "vtnet0", address: "fd00:1::121", prefix: 128 });
    expect(addresses).toContainEqual({ interface: "lo0", address: "10.1.1.1", prefix: 32 });
    expect(addresses).toContainEqual({ interface: "lo0", address: "::1", prefix: 128 });
  });

  it("stat and readlink name what exists", () => {
    expect(
      parseStat(
        answer(release, "02", "stat -f '%HT %Sp %u %g %z %Sf %N' /tmp/t/a /tmp/t/a/10.0.0.5"),
      ).size,
    ).toBe(2);
    const links = parseLinks(answer(release, "02", "stat -f '%N %Y' /tmp/t/a/10.0.0.5"));
    expect([...links]).toEqual([["/tmp/t/a/10.0.0.5", "acme/prod/web"]]);
    expect(parseStat(answer(release, "02", "stat -f '%N' /tmp/t/nosuch")).size).toBe(0);
  });

  it("MANIFEST gives the digest of each set", () => {
    const text = answer(release, "03", "cat /usr/freebsd-dist/MANIFEST").stdout;
    expect(parseManifest(text).get("base")).toMatch(/^[0-9a-f]{64}$/);
  });

  it("a tree states its userland", () => {
    const command =
      "grep '^USERLAND_VERSION=' /usr/local/jails/templates/.13.2-RELEASE.partial/bin/freebsd-version";
    const expected =
      release === "13.2-RELEASE"
        ? { release: "13.2-RELEASE", patch: 0 }
        : { release: "15.1-RELEASE", patch: 1 };
    expect(parseUserland(answer(release, "03", command))).toEqual(expected);
  });

  it("zfs list gives datasets and the clones of snapshots", () => {
    const list = answer(
      release,
      "12",
      "zfs list -H -t snapshot -o name,clones -d 1 tank/jails/templates/13.2-RELEASE",
    );
    expect([...parseSnapshots(list)]).toEqual([
      ["tank/jails/templates/13.2-RELEASE@base", ["tank/jails/containers/web"]],
    ]);
    expect(parseDatasets(answer(release, "12", "zfs list -Hp -o name -d 0 tank/nosuch")).size).toBe(
      0,
    );
  });

  it("netstat shows the default gateway", () => {
    expect(parseDefaultGateway(answer(release, "01", "netstat -rn -f inet"))).toBe("10.0.2.2");
  });

  it("jail -e names the jails of a file", () => {
    const { stdout } = answer(release, "21", "jail -e , -f /etc/jail.conf.d/web.conf");
    expect(parseConfigured(stdout)).toEqual(["web"]);
  });

  it("sysctl gives the host's facts", () => {
    const none = { status: 0, stdout: "", stderr: "" };
    const [osreldate = "", arch = ""] = answer(
      release,
      "01",
      "sysctl -n kern.osreldate hw.machine_arch hw.machine hw.ncpu hw.physmem",
    ).stdout.split("\n");
    const sysctl = {
      ...none,
      stdout: `4c4c4544-0000-1010-8010-b2c04f333432\n${osreldate}\namd64\n${arch}\n`,
    };
    const parameters = answer(release, "01", "sysctl -N security.jail.param");
    const facts = parseFacts({ sysctl, parameters, uid: { ...none, stdout: "0\n" } })!;
    expect(facts.jailParameters.has("allow.raw_sockets")).toBe(true);
    expect(facts.jailParameters.has("meta")).toBe(release === "15.1-RELEASE");
    expect(facts.jailParameters.has("allow.mount.")).toBe(false);
    expect(facts.osreldate).toBeGreaterThanOrEqual(releaseDate(release));
    expect(
      parseFacts({ sysctl: { ...sysctl, stdout: "x\n" }, parameters, uid: none }),
    ).toBeUndefined();
  });

  it("sysrc gives the boot settings", () => {
    const list = answer(release, "01", "sysrc -n jail_list").stdout;
    const enable = answer(release, "01", "sysrc -n jail_enable").stdout;
    const result = { status: 0, stdout: enable + list, stderr: "" };
    expect(parseBootSettings(result)).toEqual({ enabled: true, list: ["web"] });
  });
});

describe("what is not well-formed", () => {
  it("is an error for jls, never a jail", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = { status: 0, stdout: text, stderr: "" };
        expect(() => parseJail(result, "web")).toThrow();
      }),
    );
  });

  it("is an error for MANIFEST", () => {
    expect(() => parseManifest("base.txz\tnothex\t1\n")).toThrow(/MANIFEST/);
    expect(() => parseManifest("<html>")).toThrow(/MANIFEST/);
    expect(() => parseManifest("../x.txz\t" + "a".repeat(64) + "\t1\n")).toThrow(/MANIFEST/);
  });

  it.each([
    'USERLAND_VERSION="$(id)"',
    "",
    "USERLAND_VERSION=x",
    'USERLAND_VERSION="15.1-RELEASE"; id',
  ])("is no userland: %j", (line) =>
    expect(parseUserland({ status: 0, stdout: `${line}\n`, stderr: "" })).toBeUndefined(),
  );
});
