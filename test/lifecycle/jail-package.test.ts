/** Jail packages: made from a jail and put into others. */
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { packageOf } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const file = "/usr/local/jails/packages/app-1.0.tar.xz";

/** Another jail, with the package as its layer. */
const deployed = (world: World, name: string, more: Properties = {}): Declaration => {
  const declared = jail(world.login, name, more);
  const inputs = (outputs: Record<string, Properties>) => {
    const { path, sha256 } = outputs.app ?? {};
    return { ...declared.inputs(outputs), layers: [{ path, sha256 }] };
  };
  return { ...declared, inputs };
};

const install = [
  "mkdir -p /usr/local/etc/rc.d /usr/local/bin",
  "echo port 1 >/usr/local/etc/app.conf; echo run >/usr/local/bin/app; chmod 4755 /usr/local/bin/app",
  "ln -s ../etc/app.conf /usr/local/bin/conf; ln /usr/local/bin/app /usr/local/bin/app2",
  "echo changed >>/etc/shells; rm /etc/motd.template; chown 80:80 /usr/local/etc/app.conf",
  "echo secret >/etc/ssh/ssh_host_ed25519_key; echo log >/var/log/app.log; mkdir /var/log/app; echo x >/tmp/x",
].join("; ");

const look =
  "jexec web2 sh -c 'cd /usr/local; cat etc/app.conf bin/app2 bin/conf; tail -n 1 /etc/shells'";

const kinds = [
  ["thick", "a directory", {}],
  ["clone", "ZFS", { dataset: "tank/jails" }],
  ["thin", "a directory", {}],
] as const;

describe.each(kinds)("a package of a %s jail in %s", (type, _, options) => {
  it.each(["runs", "is stopped"])("that %s is made, deployed and listed", async (state) => {
    const world = await startWorld({ speed: 1000, ...options });
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const ground = base(world.login, type === "thin" ? { kind: "split" } : {});
    const made = (more: Properties = {}) => [ground, jail(world.login, "web", { type, ...more })];
    await stack.up(made());
    await host.run(`jexec web sh -c '${install}'`);
    const etc = `/usr/local/jails/containers/web${type === "thin" ? "/skeleton" : ""}/etc`;
    await host.run(`tar -cf - -C /dev null | tar -xf - -C ${etc}`);
    const source = made({ running: state === "runs" });
    await stack.up([...source, packageOf(world, "web")]);
    expect(stack.outputs.app).toMatchObject({ path: file, userland: "15.1-RELEASE-p1" });
    expect(
      await line(host, `sha256 -c ${stack.outputs.app!.sha256} ${file} && cat ${file}.sha256`),
    ).toContain(`SHA256 (app-1.0.tar.xz) = ${stack.outputs.app!.sha256}`);
    const manifest = JSON.parse(await line(host, `tar -xOf ${file} +MANIFEST.json`));
    expect(manifest).toMatchObject({ release: "15.1-RELEASE", patch: 1, architecture: "amd64" });
    expect(manifest.deletions).toEqual(["./etc/motd.template"]);
    const paths = manifest.files.map((each: { path: string }) => each.path);
    expect(paths).toEqual([...paths].sort());
    expect(paths).toEqual(
      expect.arrayContaining(["./etc/shells", "./usr/local/bin/app2", "./var/log/app"]),
    );
    expect(paths.join("\n")).not.toMatch(/ssh_host|app\.log|tmp\/x|null|resolv/);
    const all = [...source, packageOf(world, "web"), deployed(world, "web2", { type })];
    await stack.up(all);
    expect(await line(host, look)).toBe("port 1\nrun\nport 1\nchanged");
    const stat = "jexec web2 stat -f '%Mp%Lp %u:%g %l' /usr/local/bin/app /usr/local/etc/app.conf";
    expect(await line(host, stat)).toBe("4755 0:0 2\n0644 80:80 1");
    expect(await line(host, "jexec web2 ls /etc/motd.template 2>&1")).toContain("No such file");
    await stack.refresh();
    expect(Object.values(await stack.up(all))).toEqual(["same", "same", "same", "same"]);
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });
});

it("what iocage's document does in twelve steps and five: record by comparison, package, destroy, deploy, list", async () => {
  const world = await startWorld({ speed: 1000, dataset: "tank/jails" });
  const { host, login } = world;
  const before = host.snapshot();
  const stack = new Stack();
  const source = [base(login), jail(login, "web", { type: "clone" })];
  await stack.up(source);
  await host.run(`jexec web sh -c '${install}'`);
  await stack.up([base(login), jail(login, "web", { type: "clone", running: false })]);
  const made = [...source.slice(0, 1), jail(login, "web", { type: "clone", running: false })];
  await stack.up([...made, packageOf(world, "web")]);
  const examined = await line(host, `tar -tf ${file}`);
  expect(examined.split("\n")).toEqual(expect.arrayContaining(["./usr/local/bin/app"]));
  expect(await line(host, `sha256 -q ${file}`)).toBe(stack.outputs.app?.sha256);
  // The jail is destroyed, its package stays.
  const { name, type, base: from } = stack.outputs.web!;
  const kept = packageOf(world, "web", { jail: { name, type, base: from } });
  await stack.up([base(login), kept]);
  expect(await line(host, "ls /usr/local/jails/containers")).toBe("");
  const all = [base(login), kept, deployed(world, "web2", { type: "clone" })];
  await stack.up(all);
  expect(await line(host, look)).toBe("port 1\nrun\nport 1\nchanged");
  expect(await line(host, "ls /usr/local/jails/packages")).toBe(
    "app-1.0.tar.xz\napp-1.0.tar.xz.sha256",
  );
  expect(Object.values(await stack.up(all))).toEqual(["same", "same", "same"]);
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});
