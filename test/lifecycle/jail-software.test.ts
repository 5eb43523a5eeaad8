/** Packages and services in a jail, through the engine: created, changed, repaired, removed, and what a jail may spoil. */
import { describe, expect, it } from "vitest";
import { hostCounters } from "../../provider/host/index.js";
import { type Properties, Stack } from "./engine.js";
import { expectConverges, expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, jail } from "./programs.js";
import { startWorld, type World } from "./world.js";

/** A service that is a file: it runs while the file is there. */
const script = (name: string) => `#!/bin/sh
case $1 in
onestart) : >/var/run/${name}.pid; echo started >>/var/log/${name}.log;;
onestop) rm /var/run/${name}.pid;;
onestatus) [ -f /var/run/${name}.pid ];;
esac
`;

const ports = {
  nginx: {
    "+MANIFEST": '{ "version": "1.26.2,3", "deps": ["pcre2"] }',
    "/usr/local/etc/rc.d/nginx": script("nginx"),
    "/usr/local/etc/nginx/nginx.conf": "the package's\n",
  },
  pcre2: { "/usr/local/lib/libpcre2.so": "" },
  jq: { "+MANIFEST": '{ "version": "1.7" }', "/usr/local/bin/jq": "" },
  curl: { "/usr/local/bin/curl": "" },
};

const files = { "/usr/local/etc/nginx/nginx.conf": { content: "ours\n" } };
const services = { nginx: { rcvars: { nginx_flags: "-q" } } };
const whole = { packages: ["nginx", "jq"], services, files };

async function prepare(options = {}) {
  const world = await startWorld({ ports, ...options });
  return { world, before: world.host.snapshot(), stack: new Stack() };
}

const program = ({ login }: World, more: Properties) => [
  base(login, more.type === "thin" ? { kind: "split" } : {}),
  jail(login, "web", more),
];
const ask = async ({ host }: World, command: string) =>
  (await host.run(`jexec web ${command}`)).stdout.trim();
const packages = (world: World) => ask(world, "pkg query %n-%v");
const installs = ({ host }: World) =>
  host.log.filter(({ argv }) => argv[0] === "pkg" && argv[1] === "install").length;

describe.each([
  ["a thick jail", {}, {}],
  ["a clone", { dataset: "tank/jails" }, { type: "clone" }],
  ["a thin jail", {}, { type: "thin" }],
])("of %s", (_, options, type) => {
  it("come with the jail, in their order, and go with the declaration", async () => {
    const { world, before, stack } = await prepare(options);
    await expectConverges(stack, program(world, { ...type, ...whole }));
    expect((await packages(world)).split("\n")).toEqual(
      expect.arrayContaining(["jq-1.7", "nginx-1.26.2,3", "pcre2-1.0"]),
    );
    expect(await ask(world, "cat /usr/local/etc/nginx/nginx.conf")).toBe("ours");
    expect(await ask(world, "sysrc -n nginx_enable nginx_flags")).toBe("YES\n-q");
    expect(await ask(world, "cat /var/log/nginx.log")).toBe("started");
    expect(installs(world)).toBe(1);
    const jid = (await world.host.run("jls -j web jid")).stdout;

    const less = { packages: { jq: "1.7", curl: true, nginx: true }, services: { nginx: false } };
    await expectConverges(stack, program(world, { ...type, ...less, files }));
    expect(await packages(world)).toContain("curl-1.0");
    expect(await ask(world, "sysrc -n nginx_enable")).toBe("NO");
    expect(await ask(world, "sysrc -i nginx_flags")).toBe("");
    expect((await world.host.run("jexec web service nginx onestatus")).status).not.toBe(0);

    await expectConverges(stack, program(world, { ...type, packages: { curl: false } }));
    expect(await packages(world)).not.toMatch(/jq|curl|nginx/);
    expect((await world.host.run("jls -j web jid")).stdout).toBe(jid);
    await expectNoTrace(world, stack, before);
  });
});

it("only what differs is repaired", async () => {
  const { world, stack } = await prepare();
  await stack.up(program(world, whole));
  await world.host.run("jexec web pkg delete -y jq");
  await world.host.run("jexec web sysrc nginx_flags=-v");
  await stack.refresh();
  expect(await stack.up(program(world, whole))).toMatchObject({ web: "update" });
  expect(installs(world)).toBe(2);
  expect(await packages(world)).toContain("jq-1.7");
  expect(await ask(world, "sysrc -n nginx_flags")).toBe("-q");
  expect(await ask(world, "cat /var/log/nginx.log")).toBe("started\nstarted");
  await world.host.run("jexec web service nginx onestop");
  await stack.refresh();
  expect(await stack.up(program(world, whole))).toMatchObject({ web: "update" });
  expect(await ask(world, "cat /var/log/nginx.log")).toBe("started\nstarted\nstarted");
  expect(installs(world)).toBe(2);
  expect(await stack.up(program(world, whole))).toMatchObject({ web: "same" });
});

it("a jail with ten packages, five services and ten files is made in four round trips", async () => {
  const names = Array.from({ length: 10 }, (_, i) => `port${i}`);
  const offers = names.map((name) => [
    name,
    {
      [`/usr/local/etc/rc.d/${name}`]: script(name),
      [`/usr/local/etc/${name}`]: "the package's\n",
    },
  ]);
  const { world, stack } = await prepare({ ports: Object.fromEntries(offers) });
  await stack.up([base(world.login)]);
  const before = hostCounters().roundTrips;
  const inputs = {
    packages: names,
    services: Object.fromEntries(names.slice(0, 5).map((name) => [name, true])),
    files: Object.fromEntries(
      names.map((name) => [`/usr/local/etc/${name}`, { content: "ours\n" }]),
    ),
  };
  await stack.up(program(world, inputs));
  expect(hostCounters().roundTrips - before).toBeLessThanOrEqual(4);
  expect(await ask(world, "cat /usr/local/etc/port9 /var/log/port4.log")).toBe("ours\nstarted");
  expect(await stack.up(program(world, inputs))).toMatchObject({ web: "same" });
});

it("wait until the jail runs", async () => {
  const { world, stack } = await prepare();
  await expectConverges(stack, program(world, { ...whole, running: false }));
  expect(installs(world)).toBe(0);
  await expectConverges(stack, program(world, whole));
  expect(await packages(world)).toContain("jq-1.7");
  expect(await ask(world, "cat /usr/local/etc/nginx/nginx.conf")).toBe("ours");
});

it("a package that nobody offers, or that others need, is an error that says so", async () => {
  const { world, stack } = await prepare();
  const wrong = program(world, { packages: ["jq", "nosuch"] });
  await expect(stack.up(wrong)).rejects.toThrow(
    inOrder("install", "nosuch", "in jail web", "nosuch"),
  );
  const old = program(world, { packages: { jq: "1.6" } });
  await expect(stack.up(old)).rejects.toThrow(/jq-1\.6/);
  await expectConverges(stack, program(world, { packages: ["nginx"] }));
  const both = program(world, { packages: { nginx: true, pcre2: false } });
  await expect(stack.up(both)).rejects.toThrow(/pcre2 is needed by nginx/);
  await expectConverges(stack, program(world, { packages: ["nginx"] }));
});

it("a jail whose own programs fail or flood deceives nobody but itself", async () => {
  const { world, before, stack } = await prepare();
  await stack.up(program(world, whole));
  const shell = "cat >/usr/sbin/pkg; chmod 755 /usr/sbin/pkg";
  for (const evil of ["exit 3", "[ $1 = -N ] || yes have jq 1.7 0"]) {
    await world.host.run(`printf '#!/bin/sh\\n${evil}\\n' | jexec web sh -c '${shell}'`);
    await stack.refresh();
    const more = program(world, { ...whole, packages: ["nginx", "jq", "curl"] });
    await expect(stack.up(more)).rejects.toThrow(/web/);
  }
  await expectNoTrace(world, stack, before);
});

it("what no tool would take for a name is refused before anything is done", async () => {
  const { world, stack } = await prepare();
  await stack.up([base(world.login)]);
  for (const [inputs, words] of [
    [{ packages: ["-y"] }, /package's name/],
    [{ packages: { jq: "1.0; id" } }, /version/],
    [{ services: { "../x": true } }, /script of rc\.d/],
    [{ services: { nginx: { rcvars: { a: "$(id)" } } } }, /printable/],
    [{ services: { nginx: { rcvars: { nginx_enable: "YES" } } } }, /set by enabled/],
  ] as const) {
    await expectRefused(world, stack, program(world, inputs), words);
  }
});
