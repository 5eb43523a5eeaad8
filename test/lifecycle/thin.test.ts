/** The life of thin jails, asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, baseOf, jail, range } from "./programs.js";
import { line, reboot, startWorld, type World } from "./world.js";

const worlds = [
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }],
  ["ZFS of 15.1", { dataset: "tank/jails" }],
] as const;

/** The jail's link among the users of the template. */
const link =
  "for l in /usr/local/jails/.pulumi-freebsd/users.*/*; do " +
  'case $(readlink "$l") in *Jail::web) echo "$l";; esac; done';
const showLink = `readlink $(${link})`;
const place = "/usr/local/jails/containers/web";
const root = `${place}/root`;

const lower = ({ host, login }: World): Declaration[] => [
  base(login, { release: host.machine.release.replace(/-p\d+$/, ""), kind: "split" }),
  range(login),
];
/** `baseMore` changes what the jail is told of its base. */
type More = Properties & { baseMore?: object };
const thin = ({ login }: World, { baseMore, ...more }: More = {}, name = "web"): Declaration => {
  const declared = jail(login, name, { type: "thin", ...more });
  const inputs: Declaration["inputs"] = (outputs) => ({
    ...declared.inputs(outputs),
    base: { ...baseOf(outputs), ...baseMore },
  });
  return { ...declared, inputs };
};
const program = (world: World, more: More = {}): Declaration[] => [
  ...lower(world),
  thin(world, more),
];

async function prepare(options: (typeof worlds)[number][1] | object = {}) {
  const world = await startWorld(options);
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(lower(world));
  const template = stack.outputs.base!.path as string;
  return { world, host: world.host, before, stack, template };
}

describe.each(worlds)("in %s, a thin jail", (_, options) => {
  it("is created, unchanged, refreshed, and destroyed without a trace", async () => {
    const { world, host, before, stack, template } = await prepare(options);
    await stack.up(program(world));
    expect(stack.outputs.web).toMatchObject({ path: root, address: "10.20.0.1" });
    expect(await line(host, "jls -q name path")).toBe(`web ${root}`);
    expect(await line(host, `cat ${place}.fstab`)).toBe(
      `${template}/root ${root} nullfs ro 0 0\n${place}/skeleton ${root}/s nullfs rw 0 0`,
    );
    expect(await line(host, showLink)).toMatch(/^owner:/);
    const same = { base: "same", lan: "same", web: "same" };
    expect(await stack.up(program(world))).toEqual(same);
    await stack.refresh();
    expect(await stack.up(program(world))).toEqual(same);
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("shares the template with another one, and nothing else", async () => {
    const { world, host, stack, template } = await prepare(options);
    await stack.up([...program(world), thin(world, {}, "db")]);
    for (const name of ["web", "db"]) {
      expect((await host.run(`jexec ${name} touch /usr/bin/x`)).stderr).toMatch(/Read-only/);
      await host.run(`jexec ${name} sh -c 'echo ${name} >/etc/mine; echo x >/usr/local/x'`);
    }
    expect(await line(host, "jexec web cat /etc/mine; jexec db cat /etc/mine")).toBe("web\ndb");
    expect(await line(host, `ls ${template}/skeleton/etc/mine 2>&1`)).toContain("No such file");
    await stack.up([...lower(world), thin(world, {}, "db")]);
    expect(await line(host, "jexec db cat /etc/mine; jls -q name")).toBe("db\ndb");
    expect(await line(host, `ls ${template}/root/bin/sh`)).toContain("/bin/sh");
  });

  it("has files and mounts where the template's links lead to", async () => {
    const { world, host, stack, template } = await prepare(options);
    await host.run("mkdir -p /srv/www && echo hello >/srv/www/index.html");
    const files = {
      "/etc/rc.conf.d/ours": { content: "x=1\n" },
      "/usr/local/etc/app.conf": { content: "app\n", mode: "0600" },
    };
    const mounts = [
      { source: "/srv/www", target: "/usr/local/www/site", readOnly: true },
      { type: "tmpfs", target: "/mnt", size: "1m" },
    ];
    await stack.up(program(world, { files, mounts }));
    expect(await line(host, `ls ${place}/skeleton/usr-local/etc`)).toBe("app.conf");
    expect(await line(host, `mount -p | awk '{print $2}' 2>/dev/null || mount -p`)).toContain(
      `${root}/s/usr-local/www/site`,
    );
    expect(
      await line(host, "jexec web cat /usr/local/www/site/index.html /etc/rc.conf.d/ours"),
    ).toBe("hello\nx=1");
    const changed = { "/usr/local/etc/app.conf": { content: "other\n", mode: "0600" } };
    const first = await line(host, "jls -j web jid");
    await stack.up(program(world, { files: changed, mounts }));
    expect(await line(host, "jls -j web jid")).toBe(first);
    expect(await line(host, "jexec web cat /usr/local/etc/app.conf")).toBe("other");
    expect(await line(host, `ls ${place}/skeleton/etc/rc.conf.d`)).toBe("");
    await stack.up(program(world, { running: false, files, mounts }));
    expect(await line(host, `mount -p | grep -c ${place}/`)).toBe("0");
    expect(await line(host, `cat ${place}/skeleton/usr-local/etc/app.conf`)).toBe("app");
    await stack.refresh();
    expect(await stack.up(program(world, { running: false, files, mounts }))).toMatchObject({
      web: "same",
    });
    await stack.up(program(world, { files, mounts }));
    expect(await line(host, "jexec web cat /etc/rc.conf.d/ours")).toBe("x=1");
    await stack.up(lower(world));
    expect(await line(host, "cat /srv/www/index.html")).toBe("hello");
    expect(await line(host, `ls ${template}/root/bin/sh`)).toContain("/bin/sh");
  });

  it("changes in place, and comes back with the host", async () => {
    const { world, host, stack } = await prepare(options);
    await stack.up(program(world));
    const first = await line(host, "jls -j web jid");
    await stack.up(program(world, { hostname: "www", parameters: { "allow.chflags": true } }));
    expect(await line(host, "jls -j web jid host.hostname allow.chflags")).toBe(
      `${first} www true`,
    );
    await host.run("jexec web sh -c 'echo kept >/var/kept'");
    await reboot(world);
    expect(await line(host, "jexec web cat /var/kept")).toBe("kept");
    await stack.refresh();
    const steps = await stack.up(
      program(world, { hostname: "www", parameters: { "allow.chflags": true } }),
    );
    expect(steps.web).toBe("same");
  });
});

describe("drift of a thin jail", () => {
  it.each([
    [
      "its template that was unmounted",
      `umount -f ${root}/dev ${root}/s ${root}`,
      "mount -p",
      `${root}/s`,
    ],
    ["its own part that was unmounted", `umount -f ${root}/s`, "mount -p", `${root}/s`],
    ["a lost link to its template", `rm $(${link})`, showLink, "owner:"],
    ["a jail that was killed", "jail -R web", "jls -q name", "web"],
  ])("%s is seen by a refresh and repaired", async (_, harm, look, words) => {
    const { world, host, stack } = await prepare();
    await stack.up(program(world));
    expect((await host.run(harm)).stderr).toBe("");
    expect(await line(host, look)).not.toContain(words);
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ web: "update" });
    expect(await line(host, look)).toContain(words);
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ web: "same" });
  });
});

describe("a thin jail is refused", () => {
  it.each([
    ["without a split base", { baseMore: { kind: "full" } }, /"base".*split base/],
    ["of a base without a kind", { baseMore: { kind: undefined } }, /"base"/],
    ["with a file in the template", { files: { "/bin/x": { content: "" } } }, /read-only template/],
    ["with a mount over its part", { mounts: [{ source: "/a", target: "/s" }] }, /is where a thin/],
    [
      "with two mounts at one place",
      {
        mounts: [
          { source: "/a", target: "/etc/x" },
          { source: "/a", target: "/s/etc/x" },
        ],
      },
      /are one place/,
    ],
    ["when it is thick", { type: "thick" }, /"base".*only jails of type/],
    [
      "with a mount where the template has nothing",
      { mounts: [{ source: "/a", target: "/data" }] },
      /mount target \/data is no directory/,
    ],
    [
      "without its template",
      { baseMore: { path: "/usr/local/jails/templates/no" } },
      /is not on the host/,
    ],
  ])("%s, before anything is done", async (_, more, words) => {
    const { world, host, stack } = await prepare();
    const before = host.snapshot();
    await expect(stack.up(program(world, more))).rejects.toThrow(words);
    expect(host.snapshot()).toEqual(before);
  });
});

it("links that the jail planted lead the host nowhere", async () => {
  const { world, host, stack } = await prepare();
  await stack.up(program(world));
  await host.run("mkdir /root/secret; echo secret >/root/secret/ours");
  await host.run("jexec web sh -c 'ln -s /root/secret /usr/local/etc; ln -s /root/secret /var/x'");
  await stack.up(program(world, { running: false }));
  const files = { "/usr/local/etc/ours": { content: "x" } };
  await expect(stack.up(program(world, { running: false, files }))).rejects.toThrow(
    /is a symbolic link/,
  );
  const mounts = [{ source: "/srv", target: "/var/x/y" }];
  await expect(stack.up(program(world, { mounts }))).rejects.toThrow(/is a symbolic link/);
  expect(await line(host, "ls /root/secret; cat /root/secret/ours")).toBe("ours\nsecret");
  await stack.up(program(world));
  await stack.up(lower(world));
  expect(await line(host, "cat /root/secret/ours")).toBe("secret");
});
