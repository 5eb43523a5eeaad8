/** Layers whose names lie, and what a tree lacks: the commands themselves neither copy the host's files nor lose any. */
import { expect, it } from "vitest";
import { type LayeredTree, putLayer, takeLayer } from "../../provider/freebsd/package-layer.js";
import type { Manifest } from "../../provider/freebsd/package-manifest.js";
import { unpackLayer } from "../../provider/freebsd/package-unpack.js";
import { runDirectly } from "./direct.js";
import { Stack } from "./engine.js";
import { makePackage } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld } from "./world.js";

const place: LayeredTree = {
  ...{ tree: "/tmp/tree", base: "/tmp/base", directory: "/tmp/state", thin: false },
};
const manifest: Manifest = {
  ...{ format: 1, name: "app", version: "1.0", release: "15.1-RELEASE", patch: 1 },
  ...{ architecture: "amd64", files: [], deletions: [] },
};
const entry = (path: string, type: "file" | "dir" | "link") => ({
  ...{ path, type, mode: "0644", uid: 0, gid: 0 },
});

/** A link whose name ends with a path of the host in a line of its own, and a file that looks like what it leads to. */
const hostile = {
  manifest: { files: [entry("./a", "link"), entry("./a\\s->\\sx", "file")] },
  tamper: "mkdir -p 'a -> x\n/etc'; ln -s y './a -> x\n/etc/secret'; echo 1 >'./a -> x'",
  members: "'./a -> x\n/etc/secret' './a -> x'",
};

it("a name with a line break takes no file of the host into a jail", async () => {
  const { host, login } = await startWorld({ speed: 1000 });
  await host.run("echo topsecret >/etc/secret");
  const { file } = await makePackage(host, hostile);
  const program = (layers: string[]) => [base(login), jail(login, "web", { layers })];
  const stack = new Stack();
  await stack.up(program([]));
  await expect(stack.up(program([file]))).rejects.toThrow(
    /its member \.\/a -> x\\n.* is not what its manifest says: link \.\/a/,
  );
  expect(await line(host, "jexec web sh -c 'ls -d /etc/secret; ls /' 2>&1")).toMatch(
    /No such file or directory/,
  );
});

it("nor does it when the listing was believed", async () => {
  const { host } = await startWorld({ speed: 1000 });
  await host.run("echo topsecret >/etc/secret; mkdir /tmp/tree /tmp/base");
  const { file, sha256 } = await makePackage(host, hostile);
  const commands = [
    ...unpackLayer(place, { file, sha256, key: "k", manifest }),
    putLayer(place, "k", "put"),
  ];
  const { stderr, failed } = await runDirectly(host, commands);
  expect(stderr).toContain("it has a name with a line break");
  expect(commands[failed ?? -1]?.argv[0]).toBe("unpack_layer");
  expect(await line(host, "find /tmp/tree")).toBe("/tmp/tree");
});

it("owners are numbers, whatever the host's accounts are", async () => {
  const { host, login } = await startWorld({ speed: 1000 });
  await host.run("pw useradd app -u 2001; echo 1 >/tmp/x; chown 2001:2001 /tmp/x");
  const packed = await makePackage(host, {
    manifest: { files: [entry("./x", "file")] },
    tamper: "echo 1 >x; chown app:app x",
  });
  await host.run("pw usermod app -u 3001; pw groupmod app -g 3001");
  await new Stack().up([base(login), jail(login, "web", { layers: [packed.file] })]);
  expect(await line(host, "jexec web stat -f %u:%g /x")).toBe("2001:2001");
});

it("what a layer replaced is not removed when the base cannot be read", async () => {
  const { host } = await startWorld({ speed: 1000 });
  await host.run(
    "mkdir -p /tmp/tree/etc /tmp/base/etc; echo old | tee /tmp/base/etc/x >/tmp/tree/etc/x",
  );
  const made = await makePackage(host, { files: { "etc/x": "new\n" } });
  const { failed } = await runDirectly(host, [
    ...unpackLayer(place, { ...made, key: "k", manifest }),
    putLayer(place, "k", "put"),
  ]);
  expect(failed).toBeUndefined();
  const take = takeLayer(place, "k", true, "take");
  const broken =
    'mtree() { case "$*" in *"-p /tmp/base") return 1;; *) command mtree "$@";; esac; }';
  expect((await runDirectly(host, [take], broken)).stderr).toContain("could not be listed");
  await host.run("mv /tmp/base /tmp/away");
  expect((await runDirectly(host, [take])).stderr).toContain("the base /tmp/base is not there");
  expect(await line(host, "cat /tmp/tree/etc/x")).toBe("new");
  await host.run("mv /tmp/away /tmp/base");
  expect((await runDirectly(host, [take])).failed).toBeUndefined();
  expect(await line(host, "cat /tmp/tree/etc/x")).toBe("old");
});
