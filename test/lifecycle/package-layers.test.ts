/** Layers of a jail: put in, seen, changed, taken out; asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import { hostCounters } from "../../provider/host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { makePackage } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const kinds = [
  ["thick", "a directory", {}],
  ["thick", "ZFS", { dataset: "tank/jails" }],
  ["clone", "ZFS", { dataset: "tank/jails" }],
  ["thin", "a directory", {}],
] as const;

const program = (
  { login }: World,
  type: string,
  layers: unknown[],
  more: Properties = {},
): Declaration[] => [
  base(login, type === "thin" ? { kind: "split" } : {}),
  jail(login, "web", { type, layers, ...more }),
];

const url = "http://packages.example.org/app-1.0.tar.xz";

async function prepare(options: object = {}) {
  const world = await startWorld({ speed: 1000, ...options });
  const { host } = world;
  const first = await makePackage(host, {
    files: {
      "usr/local/etc/app.conf": "port 1\n",
      "usr/local/app/": "",
      "usr/local/app/one": "1\n",
      "etc/rc.conf.d/app": "-> /usr/local/etc/app.conf",
      "etc/shells": "/bin/sh\n",
    },
    deletions: ["etc/motd.template"],
  });
  const second = await makePackage(host, {
    version: "2.0",
    files: { "usr/local/etc/app.conf": "port 2\n", "usr/local/app/two": "2\n" },
  });
  host.machine.web.set(url, first.bytes);
  const before = host.snapshot();
  return { world, host, first, second, before, stack: new Stack() };
}

const conf = "jexec web cat /usr/local/etc/app.conf /etc/rc.conf.d/app";

describe.each(kinds)("layers of a %s jail in %s", (type, _, options) => {
  it("are put in when it is made, seen by a refresh, and go with it", async () => {
    const { world, host, first, before, stack } = await prepare(options);
    const declared = program(world, type, [{ url, sha256: first.sha256 }]);
    await stack.up(declared);
    expect(await line(host, conf)).toBe("port 1\nport 1");
    expect(await line(host, "jexec web ls /etc/motd.template 2>&1")).toContain("No such file");
    expect(await line(host, "jexec web ls /+MANIFEST.json 2>&1")).toContain("No such file");
    // It may hold secrets of the jail that it was made from.
    expect(await line(host, "stat -f %Lp /usr/local/jails/media/package-*")).toBe("600");
    expect(await stack.up(declared)).toMatchObject({ web: "same" });
    await stack.refresh();
    expect(await stack.up(declared)).toMatchObject({ web: "same" });
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("are added to a jail that runs, changed and taken out; the base's files come back", async () => {
    const { world, host, first, second, before, stack } = await prepare(options);
    await stack.up(program(world, type, []));
    const shells = await line(
      host,
      "jexec web cat /etc/shells; jexec web ls -la /etc/motd.template",
    );
    await host.run("jexec web sh -c 'echo mine >/root/mine'");
    await stack.up(program(world, type, [first.file]));
    expect(await line(host, conf)).toBe("port 1\nport 1");
    expect(await line(host, "jexec web cat /etc/shells")).toBe("/bin/sh");
    await stack.up(program(world, type, [first.file, second.file]));
    expect(await line(host, `${conf}; jexec web cat /usr/local/app/two`)).toBe("port 2\nport 2\n2");
    await stack.up(program(world, type, [first.file]));
    expect(await line(host, `${conf}; jexec web ls /usr/local/app`)).toBe("port 1\nport 1\none");
    await stack.up(program(world, type, [second.file]));
    expect(await line(host, `cat /dev/null; jexec web cat /usr/local/etc/app.conf`)).toBe("port 2");
    expect(await line(host, "jexec web ls /usr/local/app")).toBe("two");
    await stack.up(program(world, type, []));
    expect(await line(host, "jexec web cat /etc/shells; jexec web ls -la /etc/motd.template")).toBe(
      shells,
    );
    expect(await line(host, "jexec web ls /usr/local /usr/local/etc 2>/dev/null")).not.toMatch(
      /app/,
    );
    expect(await line(host, "jexec web cat /root/mine")).toBe("mine");
    expect(await line(host, "ls /usr/local/jails/.pulumi-freebsd")).not.toContain("layers");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("leave what the owner changed since", async () => {
    const { world, host, first, second, stack } = await prepare(options);
    await stack.up(program(world, type, [first.file]));
    await host.run(
      "jexec web sh -c 'echo port 33 >/usr/local/etc/app.conf; echo x >/etc/motd.template'",
    );
    await stack.up(program(world, type, [second.file]));
    expect(await line(host, "jexec web cat /usr/local/etc/app.conf /etc/motd.template")).toBe(
      "port 33\nx",
    );
    expect(await line(host, "jexec web ls /usr/local/app")).toBe("two");
  });
});

it.each([
  ["thick", {}],
  ["clone", { dataset: "tank/jails" }],
  ["thin", {}],
] as const)(
  "a %s jail's layers are changed with its base, and back with the kept tree",
  async (type, options) => {
    const world = await startWorld({ speed: 1000, releases: ["14.3-RELEASE"], ...options });
    const { host } = world;
    const files = {
      "usr/local/etc/app.conf": "old\n",
      "usr/local/etc/old": "1\n",
      "etc/shells": "x\n",
    };
    const old = await makePackage(host, { files, release: "14.3-RELEASE", patch: 0 });
    const more = { "usr/local/etc/app.conf": "newer\n", "usr/local/etc/new": "1\n" };
    const newer = await makePackage(host, { version: "2.0", files: more });
    const before = host.snapshot();
    const stack = new Stack();
    const on = (release: string, layers: unknown[]) => [
      base(world.login, { release, ...(type === "thin" ? { kind: "split" } : {}) }),
      jail(world.login, "web", { type, layers }),
    ];
    const look = "jexec web sh -c 'cd /usr/local/etc; cat app.conf; ls; cat /root/mine'";
    await stack.up(on("14.3-RELEASE", [old.file]));
    await host.run("jexec web sh -c 'echo hi >/root/mine'");
    const jid = await line(host, "jls -j web jid");
    await expect(stack.up(on("15.1-RELEASE", [old.file]))).rejects.toThrow(
      /made on 14\.3-RELEASE, and the jail's base is 15\.1-RELEASE-p1/,
    );
    expect(await line(host, "jls -j web jid")).toBe(jid);
    await stack.up(on("15.1-RELEASE", [newer.file]));
    expect(await line(host, look)).toBe("newer\napp.conf\nnew\nhi");
    expect(await line(host, "jexec web cat /etc/shells")).not.toBe("x");
    expect(await stack.up(on("15.1-RELEASE", [newer.file]))).toMatchObject({ web: "same" });
    await stack.refresh();
    expect(await stack.up(on("15.1-RELEASE", [newer.file]))).toMatchObject({ web: "same" });
    await stack.up(on("14.3-RELEASE", [old.file]));
    expect(await line(host, look)).toBe("old\napp.conf\nold\nhi");
    await stack.up(on("15.1-RELEASE", []));
    expect(
      await line(
        host,
        "jexec web ls /usr/local/etc; ls /usr/local/jails/.pulumi-freebsd/marks | grep -c layers",
      ),
    ).toBe("1");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  },
);

it("a layer that is not in the tree any more, or was put there by hand, is seen by a refresh and repaired", async () => {
  const { world, host, first, stack } = await prepare();
  await stack.up(program(world, "thick", [first.file]));
  await host.run(
    "rm /usr/local/jails/.pulumi-freebsd/marks/layers.web.*; rm /usr/local/jails/containers/web/usr/local/app/one",
  );
  await stack.refresh();
  expect(stack.outputs.web?.layers).toEqual([]);
  expect(await stack.up(program(world, "thick", [first.file]))).toMatchObject({ web: "update" });
  expect(await line(host, "jexec web cat /usr/local/app/one")).toBe("1");
});

it("a package of a hundred files is deployed in two round trips", async () => {
  const { world, host, stack } = await prepare();
  const names = Array.from({ length: 100 }, (_, i) => [`usr/local/app/file${i}`, `${i}\n`]);
  const { file, sha256 } = await makePackage(host, {
    version: "3.0",
    files: Object.fromEntries(names),
  });
  await stack.up(program(world, "thick", []));
  const before = hostCounters().roundTrips;
  await stack.up(program(world, "thick", [{ path: file, sha256 }]));
  expect(hostCounters().roundTrips - before).toBe(2);
  expect(await line(host, "jexec web ls /usr/local/app | wc -l")).toBe("100");
});
