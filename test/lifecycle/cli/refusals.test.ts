/** What the real CLI shows of bad input, of jails that exist already, and of starts that fail. */
import { describe, expect, it } from "vitest";
import { Stack as OtherStack } from "../engine.js";
import { base, jail } from "../programs.js";
import { loginOf } from "../world.js";
import {
  ask,
  changesOf,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHostAndStack,
} from "./programs.js";

describe("bad input", patience, () => {
  const faults = [
    ["cidr", 'new freebsd.IpRange("bad", { ...at, cidr: "10.0.0.5/24", interface: "vtnet0" });'],
    [
      'parameters["allow.raw_socket"]',
      'new freebsd.Jail("bad", { ...at, base, parameters: { "allow.raw_socket": true } });',
    ],
    ["addresses[1]", 'new freebsd.Jail("bad", { ...at, base, addresses: ["::1", "0:0::1"] });'],
    [
      "host.port",
      'new freebsd.BaseRelease("bad", { host: "ssh://h:65536", release: "15.1-RELEASE" });',
    ],
  ] as const;

  it.each(faults)("in %s is named in the preview, before a connection", async (path, more) => {
    await withHostAndStack({ declared: { jails: {}, more } }, async ({ host, stack }) => {
      const said = await failWith(stack.preview());
      expect(said).toContain(`resource 'bad': property ${path} value`);
      // One line: no stack of the provider.
      expect(said).not.toMatch(/\n\s+at /);
      expect(host.counters.connections).toBe(0);
    });
  });

  it("fails an up without a preview before a connection", async () => {
    const declared = { jails: {}, more: faults[0][1] };
    await withHostAndStack({ declared }, async ({ host, stack }) => {
      await stack.setProgram(programFor(host, declared).replace(/^const (base|lan) = .*$/gm, ""));
      expect(await failWith(stack.up())).toContain("property cidr value");
      expect(host.counters.connections).toBe(0);
    });
  });
});

describe("a jail that exists", patience, () => {
  it("is refused, then adopted with its data, and stays as it is", async () => {
    await withHostAndStack({}, async (world) => {
      const { host, stack } = world;
      const root = "/usr/local/jails/containers/web";
      await host.run(`mkdir -p ${root}; tar -xpf /usr/freebsd-dist/base.txz -C ${root}`);
      await host.run(`echo data > ${root}/root/data; mkdir /etc/jail.conf.d`);
      const conf = `web { path = "${root}"; host.hostname = "old"; persist; }\n`;
      await host.run("cat > /etc/jail.conf.d/web.conf", { stdin: conf });
      await host.run("jail -f /etc/jail.conf.d/web.conf -c web");
      const refused = await failWith(stack.up());
      expect(refused).toMatch(/jail web on root@127\.0\.0\.1:\d+: a jail of that name runs/);
      expect(refused).toContain("adopt: true");
      expect(await ask(host, "jls -j web host.hostname; cat /etc/jail.conf.d/web.conf")).toBe(
        `old\n${conf.trim()}`,
      );
      await stack.setProgram(programFor(host, { jails: { web: "{ adopt: true }" } }));
      expect(changesOf(await succeed(stack.up()))).toEqual(["web: create"]);
      expect(await ask(host, "jexec web cat /root/data; jls -j web host.hostname")).toBe(
        "data\nweb",
      );
      await succeed(stack.preview({ expectNoChanges: true, refresh: true }));
    });
  });

  it("of another stack is refused, and its owner named", async () => {
    await withHostAndStack({}, async ({ host, stack }) => {
      const login = loginOf(host);
      const theirs = new OtherStack("theirs");
      await theirs.up([base(login), jail(login, "web")]);
      await stack.setProgram(programFor(host, { jails: { web: "{ adopt: true }" } }));
      const before = await ask(host, "jls -j web jid");
      expect(await failWith(stack.up())).toMatch(/taken by the jail of urn:pulumi:theirs::/);
      await succeed(stack.destroy());
      expect(await ask(host, "jls -j web jid")).toBe(before);
      expect(await ask(host, "ls /usr/local/jails/templates | wc -l")).toBe("1");
    });
  });
});

describe("a start that fails", patience, () => {
  const isStart = (argv: readonly string[]) => argv[0] === "jail" && argv.includes("-c");

  it("keeps the jail in the state with the reason, and the next up repairs it", async () => {
    await withHostAndStack({}, async (world) => {
      const { host, stack } = world;
      host.faults.fail(isStart, { stderr: "jail: web: no luck today\n" });
      const said = await failWith(stack.up());
      expect(said).toMatch(
        /jail web on root@127\.0\.0\.1:\d+: start jail web: failed with status 1: jail: web: no luck today/,
      );
      const { resources = [] } = (await stack.export()).deployment;
      const web = resources.find(({ urn }) => urn.endsWith("::web"));
      expect(web?.initErrors?.join()).toContain("no luck today");
      expect(web?.outputs).toMatchObject({ jid: 0, address: "10.20.0.1" });
      expect(web?.outputs?.__provider).toEqual(expect.stringContaining("pulumi-freebsd"));
      host.faults.clear();
      expect(changesOf(await succeed(stack.up()))).toEqual(["web: update"]);
      expect(await ask(host, "jls -j web name ip4.addr")).toBe("web 10.20.0.1");
      await succeed(stack.preview({ expectNoChanges: true }));
      await destroyWithoutTrace(world);
    });
  });

  it("leaves no trace when the stack is destroyed at once", async () => {
    await withHostAndStack({}, async (world) => {
      world.host.faults.fail(isStart, { stderr: "jail: web: no luck today\n" });
      await failWith(world.stack.up());
      await destroyWithoutTrace(world);
    });
  });
});
