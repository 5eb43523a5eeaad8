/** Jail packages that are built from code. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, baseOf } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const file = "/usr/local/jails/packages/app-1.0.tar.xz";

const untrusted =
  'ports: { url: "pkg+https://pkg.FreeBSD.org/x", signature_type: "fingerprints", fingerprints: "/none", enabled: yes }\n';

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
