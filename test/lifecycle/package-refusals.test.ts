/** Packages that do not fit, or mean harm: refused with the reason, the jail as before, nothing outside it touched. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { type HandMade, makePackage } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld } from "./world.js";

const file = { "usr/local/etc/app.conf": "port 1\n" };
const outside = { path: "./link/evil", type: "file", mode: "0644", uid: 0, gid: 0 } as const;
const entry = (path: string, type = "file") => ({ ...outside, path, type });

const hostile: [string, HandMade, RegExp][] = [
  [
    "of another release",
    { files: file, release: "14.3-RELEASE", patch: 0 },
    /made on 14\.3-RELEASE, and the jail's base is 15\.1-RELEASE-p1/,
  ],
  [
    "of another patch level",
    { files: file, patch: 2 },
    /made on 15\.1-RELEASE-p2, and the jail's base is 15\.1-RELEASE-p1/,
  ],
  [
    "of another architecture",
    { files: file, architecture: "aarch64" },
    /is for aarch64, and the host is amd64/,
  ],
  [
    "without a manifest",
    { files: file, tamper: "echo >+MANIFEST.json" },
    /no \+MANIFEST\.json that can be read: it is no jail package/,
  ],
  [
    "with an absolute path",
    { manifest: { files: [entry("/etc/evil")] }, tar: "-cPJf", members: "/etc/hosts" },
    /\/etc\/evil does not lie below the jail's root/,
  ],
  [
    "with ..",
    { manifest: { files: [entry("./../../etc/evil")] }, members: "." },
    /does not lie below the jail's root/,
  ],
  [
    "with .. that is written otherwise",
    { manifest: { files: [entry("./\\056\\056/evil")] }, members: "." },
    /does not lie below the jail's root/,
  ],
  [
    "with a file below a link",
    {
      manifest: { files: [entry("./link", "link"), outside] },
      tamper:
        "ln -s /tmp/outside link; mkdir d; echo evil >d/evil; tar -cf ../two.tar -n +MANIFEST.json ./link; rm link; mkdir link; echo evil >link/evil; tar -rf ../two.tar -n ./link/evil",
      members: "; cp /tmp/two.tar /tmp/packages/app-1.0.tar.xz; rm /tmp/two.tar; :",
    },
    /\.\/link\/evil lies below \.\/link, which is no directory/,
  ],
  [
    "with a device",
    {
      manifest: { files: [entry("./null")] },
      members: "-C /dev ./null",
    },
    /no file, directory or link/,
  ],
  [
    "with a member that its manifest hides",
    { files: file, tamper: "echo x >more", members: "./usr/local/etc/app.conf ./more" },
    /it has 2 entries, and its manifest 1/,
  ],
  [
    "with another member than its manifest says",
    { manifest: { files: [entry("./a")] }, tamper: "echo x >b", members: "./b" },
    /\.\/b is not what its manifest says/,
  ],
  [
    "with a link for a file",
    { manifest: { files: [entry("./a")] }, tamper: "ln -s /etc/master.passwd a" },
    /not what its manifest says/,
  ],
  [
    "with more files than the limit",
    { files: Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, name])) },
    /it has 4 entries, more than the limit of 3/,
  ],
  [
    "with more bytes than the limit",
    { files: { a: "x".repeat(3000) } },
    /3000 bytes, more than the limit of 2048/,
  ],
  [
    "with more bytes than the limit, in a hole",
    { manifest: { files: [entry("./a")] }, tamper: "truncate -s 100m a" },
    /104857600 bytes, more than the limit of 2048/,
  ],
];

it("none of them is put into a jail", async () => {
  const world = await startWorld({ speed: 1000 });
  const { host, login } = world;
  const stack = new Stack();
  await host.run("mkdir /tmp/outside");
  await stack.up([base(login), jail(login, "web")]);
  const jid = await line(host, "jls -j web jid");
  const layerLimits = { entries: 3, size: "2k" };
  for (const [what, made, reason] of hostile) {
    const { file: path } = await makePackage(host, made);
    await host.run(`sha256 ${path} >${path}.sha256`);
    const before = host.snapshot();
    const run = stack.up([base(login), jail(login, "web", { layers: [path], layerLimits })]);
    await expect(run, what).rejects.toThrow(reason);
    await expect(run, what).rejects.toThrow(/layers\[0\], \/tmp\/packages\/app-1\.0\.tar\.xz: /);
    expect(host.snapshot(), what).toEqual(before);
    expect(await line(host, "jls -j web jid; ls /tmp/outside"), what).toBe(jid);
  }
});

it("another file than the digest says, or none, is not unpacked", async () => {
  const world = await startWorld({ speed: 1000 });
  const { host, login } = world;
  const stack = new Stack();
  const { file: path, bytes } = await makePackage(host, { files: file });
  await stack.up([base(login)]);
  const before = host.snapshot();
  const url = "https://packages.example.org/app.tar.xz";
  host.machine.web.set(url, bytes);
  const digest = "0".repeat(64);
  const faults: [unknown, RegExp][] = [
    [{ path, sha256: digest }, /its sha256 is [0-9a-f]{64}, not 0{64}/],
    [{ path: "/tmp/none" }, /\/tmp\/none is not on the host/],
    ["/etc/hosts", /\/etc\/hosts\.sha256 is not there, and no sha256 was given/],
    [{ url, sha256: digest }, /the declaration says sha256 0{64}/],
    [{ url: `${url}.none`, sha256: digest }, /Not Found|No address|not/],
  ];
  for (const [layer, reason] of faults) {
    const run = stack.up([base(login), jail(login, "web", { layers: [layer] })]);
    await expect(run).rejects.toThrow(reason);
    expect(host.snapshot()).toEqual(before);
  }
});

it.each(["usr/bin/app", "s/app"])(
  "a thin jail takes none with files of its read-only part (%s)",
  async (name) => {
    const { host, login } = await startWorld({ speed: 1000 });
    const { file: path } = await makePackage(host, { files: { [name]: "x" } });
    const program = [
      base(login, { kind: "split" }),
      jail(login, "web", { type: "thin", layers: [path] }),
    ];
    await expect(new Stack().up(program)).rejects.toThrow(
      `./${name}, which lies in the read-only template`,
    );
  },
);

it.each([
  [{ layers: [{ url: "http://x/y" }] }, "layers"],
  [{ layers: [{ path: "relative", sha256: "0".repeat(64) }] }, "layers"],
  [{ layers: Array.from({ length: 13 }, () => "/tmp/x") }, "layers"],
  [{ layerLimits: { entries: 0 } }, "layerLimits.entries"],
])("bad input is refused by check: %j", async (more, property) => {
  const { login } = await startWorld({ speed: 1000 });
  const stack = new Stack();
  await stack.up([base(login)]);
  await expect(stack.up([base(login), jail(login, "web", more)])).rejects.toThrow(
    `"property":"${property}`,
  );
});
