/** What the owner of a jail changed in files of its layers stays, whatever is put over it or taken from below it. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { makePackage } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld } from "./world.js";

const conf = "usr/local/etc/app.conf";
const shown = `jexec web cat /${conf}`;

async function prepare() {
  const world = await startWorld({ speed: 1000 });
  const { host, login } = world;
  const make = async (name: string, version: string, files: Record<string, string>) =>
    (await makePackage(host, { name, version, files })).file;
  const stack = new Stack();
  const up = (...layers: string[]) =>
    stack.up([base(login), jail(login, "web", { type: "thick", layers })]);
  const edit = () => host.run(`jexec web sh -c 'echo port 33 >/${conf}'`);
  return { host, make, up, edit, stack };
}

it("when the layer below is taken out, and the one above it is put in again", async () => {
  const { host, make, up, edit } = await prepare();
  const libs = await make("libs", "1.0", { "usr/local/lib/l": "l\n" });
  const app = await make("app", "1.0", { [conf]: "port 1\n" });
  await up(libs, app);
  await edit();
  await up(app);
  expect(await line(host, shown)).toBe("port 33");
  await up(libs);
  expect(await line(host, shown)).toBe("port 33");
});

it("when a later layer brings the same file, until that one is taken out again", async () => {
  const { host, make, up, edit } = await prepare();
  const app = await make("app", "1.0", { [conf]: "port 1\n", "usr/local/etc/other": "1\n" });
  const over = await make("over", "1.0", { [conf]: "port 2\n", "usr/local/etc/other": "2\n" });
  await up(app);
  await edit();
  await up(app, over);
  expect(await line(host, `${shown} /usr/local/etc/other`)).toBe("port 33\n2");
  await up(app);
  expect(await line(host, `${shown} /usr/local/etc/other`)).toBe("port 33\n1");
});

it("when a run dies while another version is put in", async () => {
  const { host, make, up, edit, stack } = await prepare();
  const one = await make("app", "1.0", { [conf]: "port 1\n" });
  const two = await make("app", "2.0", { [conf]: "port 2\n" });
  await up(one);
  await edit();
  await up(two);
  // The link as it is while the layer is put.
  const link = await line(host, "ls /usr/local/jails/.pulumi-freebsd/marks/layers.web.*");
  await host.run(`ln -sfh "$(readlink ${link})+" ${link}`);
  await stack.refresh();
  expect(await up(two)).toMatchObject({ web: "update" });
  expect(await line(host, shown)).toBe("port 33");
});

it("directories that a layer only needs for its files keep their owner and mode", async () => {
  const { host, make, up } = await prepare();
  await up();
  await host.run("jexec web sh -c 'mkdir -m 0700 /var/db/mine; chown 80:80 /var/db/mine'");
  const look = "jexec web stat -f '%Lp %u %N' /root /var/db/mine /usr/local/new";
  const files = { "root/x": "x\n", "var/db/mine/x": "x\n", "usr/local/new/x": "x\n" };
  await up(await make("app", "1.0", files));
  const kept = "750 0 /root\n700 80 /var/db/mine";
  expect(await line(host, look)).toBe(`${kept}\n755 0 /usr/local/new`);
  await up();
  expect(await line(host, `${look} 2>/dev/null`)).toBe(kept);
});
