/** Jail packages: made from a jail and from code, put into others, refused where they do not fit. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, baseOf, jail } from "./programs.js";
import { startWorld, type World } from "./world.js";

const line = async (host: EmbeddedHost, command: string) => (await host.run(command)).stdout.trim();
const file = "/usr/local/jails/packages/app-1.0.tar.xz";

/** A package of a jail of the program. */
const packageOf = ({ login }: World, name: string, more: Properties = {}): Declaration => ({
  kind: "JailPackage",
  name: "app",
  inputs: (outputs) => {
    const { name: of, type, base: from } = outputs[name] ?? {};
    return {
      host: login,
      name: "app",
      version: "1.0",
      jail: { name: of, type, base: from },
      ...more,
    };
  },
});

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

const untrusted =
  'ports: { url: "pkg+https://pkg.FreeBSD.org/x", signature_type: "fingerprints", fingerprints: "/none", enabled: yes }\n';

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

describe("a package from code", () => {
  const built = ({ login }: World, more: Properties = {}, version = "1.0"): Declaration => ({
    kind: "JailPackage",
    name: "app",
    inputs: (outputs) => ({
      ...{ host: login, name: "app", version },
      build: {
        base: baseOf(outputs),
        files: { "/usr/local/etc/app.conf": { content: "port 1\n" } },
        commands: ["mkdir /usr/local/app", "cp /usr/local/etc/app.conf /usr/local/app/copy"],
        ...more,
      },
    }),
  });

  it("is built in a jail that is gone afterwards, and published", async () => {
    const world = await startWorld({ speed: 1000 });
    const { host } = world;
    await host.run("mkdir -p /usr/local/www/packages");
    const before = host.snapshot();
    const stack = new Stack();
    const publish = {
      publish: "/usr/local/www/packages",
      url: "https://packages.example.org/jails",
    };
    const app = built(world);
    const published = {
      ...app,
      inputs: (o: Record<string, Properties>) => ({ ...app.inputs(o), ...publish }),
    };
    await stack.up([base(world.login), published]);
    expect(await line(host, "ls /usr/local/www/packages")).toBe(
      "app-1.0.tar.xz\napp-1.0.tar.xz.sha256",
    );
    expect(stack.outputs.app?.address).toBe("https://packages.example.org/jails/app-1.0.tar.xz");
    // What the tar and xz of the computer that runs the tests find in it.
    const bytes = host.machine.files.read(
      { root: "/", cwd: "/" },
      "/usr/local/www/packages/app-1.0.tar.xz",
    );
    const members = execFileSync("tar", ["-tJf", "-"], { input: bytes }).toString().trim();
    expect(members).toBe(await line(host, "tar -tf /usr/local/www/packages/app-1.0.tar.xz"));
    expect(await line(host, "tar -tf /usr/local/www/packages/app-1.0.tar.xz")).toBe(
      [
        "+MANIFEST.json",
        "./usr/local/app/",
        "./usr/local/app/copy",
        "./usr/local/etc/",
        "./usr/local/etc/app.conf",
      ].join("\n"),
    );
    expect(
      await line(host, "jls -q name; ls /usr/local/jails/.pulumi-freebsd; mount -p"),
    ).not.toContain("package");
    expect(await stack.up([base(world.login), published])).toMatchObject({ app: "same" });
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
  });

  it("has the packages that pkg installs in the scratch jail, with their signatures checked", async () => {
    const files = { "/usr/local/bin/jq": "jq\n" };
    const world = await startWorld({ speed: 1000, ports: { jq: files } });
    const { host } = world;
    const stack = new Stack();
    await stack.up([base(world.login)]);
    const before = host.snapshot();
    const more = { packages: ["jq"], commands: ["cp /usr/local/bin/jq /usr/local/copy"] };
    const nothing = built(world, { ...more, packages: ["jq", "nosuch"] });
    await expect(stack.up([base(world.login), nothing])).rejects.toThrow(
      /install build\.packages \(jq, nosuch\)[\s\S]*matching 'nosuch'/,
    );
    expect(host.snapshot()).toEqual(before);
    // No other keys, no packages.
    const keys = { "/etc/pkg/FreeBSD.conf": { content: untrusted } };
    const other = built(world, { ...more, files: keys });
    await expect(stack.up([base(world.login), other])).rejects.toThrow(/trusted directory \/none/);
    await stack.up([base(world.login), built(world, more)]);
    const listed = (await line(host, `tar -tf ${file}`)).split("\n");
    const expected = ["./usr/local/bin/jq", "./usr/local/copy", "./var/db/pkg/local.sqlite"];
    expect(listed).toEqual(expect.arrayContaining(expected));
    await expect(
      stack.up([base(world.login), built(world, { packages: ["-r evil"] }, "2.0")]),
    ).rejects.toThrow('"property":"build.packages');
  });

  it("whose command fails says which, and leaves nothing", async () => {
    const world = await startWorld({ speed: 1000 });
    const { host } = world;
    const stack = new Stack();
    await stack.up([base(world.login)]);
    const before = host.snapshot();
    const failing = built(world, { commands: ["true", "echo no such thing >&2; exit 3"] });
    await expect(stack.up([base(world.login), failing])).rejects.toThrow(
      /build\.commands\[1\][\s\S]*status 3: no such thing/,
    );
    expect(
      await line(host, "jls -q name; ls /usr/local/jails/.pulumi-freebsd; mount -p"),
    ).not.toMatch(/package[._]app/);
    await stack.up([base(world.login), built(world)]);
    await stack.up([base(world.login), built(world, { commands: [] }, "1.1")]);
    expect(await line(host, "ls /usr/local/jails/packages")).toBe(
      "app-1.1.tar.xz\napp-1.1.tar.xz.sha256",
    );
    const changed = stack.up([base(world.login), built(world, { commands: ["true"] }, "1.1")]);
    await expect(changed).rejects.toThrow(/a package is immutable, give it another version/);
    await stack.up([base(world.login)]);
    expect(host.snapshot()).toEqual(before);
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
