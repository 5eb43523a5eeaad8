/** A program's own commands in a jail: each runs once, again when it changes, and never twice without need. */
import { describe, expect, it } from "vitest";
import { type Properties, Stack } from "./engine.js";
import { expectBadInput, expectConverges, expectNoTrace, inOrder } from "./faults.js";
import { on, startPair } from "./moves.js";
import { base, jail } from "./programs.js";
import { line, reboot, startWorld, type World } from "./world.js";

const secret = "s3cret of 'ours'";

/** Each says in the jail that it ran. */
const say = (text: string) => `echo ${text} >>/root/said`;
const first = {
  create: say('"first with $TOKEN"'),
  update: say("updated"),
  environment: { TOKEN: secret },
};
const commands = { "20-second": ["/bin/sh", "-c", say("second")], "10-first": first };

const program = ({ login }: World, more: Properties, name = "web") => [
  base(login, more.type === "thin" ? { kind: "split" } : {}),
  jail(login, "web", { ...more, name }),
];
const said = ({ host }: World, name = "web") => line(host, `jexec ${name} cat /root/said`);

async function prepare(options = {}) {
  const world = await startWorld(options);
  return { world, before: world.host.snapshot(), stack: new Stack() };
}

describe.each([
  ["a thick jail", {}, {}],
  ["a clone", { dataset: "tank/jails" }, { type: "clone" }],
  ["a thin jail", {}, { type: "thin" }],
])("in %s", (_, options, type) => {
  it("they run once in the order of their names, again when they change, and leave nothing", async () => {
    const { world, before, stack } = await prepare(options);
    const put = (more: Properties) => program(world, { ...type, ...more });
    await expectConverges(stack, put({ commands }));
    expect(await said(world)).toBe(`first with ${secret}\nsecond`);
    const jid = await line(world.host, "jls -j web jid");
    await stack.refresh();
    expect(await stack.up(put({ commands }))).toMatchObject({ web: "same" });

    const changed = { ...commands, "10-first": { ...first, triggers: ["2"] } };
    await expectConverges(stack, put({ commands: changed }));
    const quiet = { ...changed["10-first"], environment: { TOKEN: "another" }, timeout: 9 };
    await expectConverges(stack, put({ commands: { "10-first": quiet } }));
    expect(await said(world)).toBe(`first with ${secret}\nsecond\nupdated`);
    // What was given up and comes again never ran.
    await expectConverges(stack, put({ commands: { ...commands, "10-first": quiet } }));
    expect(await said(world)).toMatch(/updated\nsecond$/);
    expect(await line(world.host, "jls -j web jid")).toBe(jid);

    await reboot(world);
    await stack.refresh();
    await expectConverges(stack, put({ commands: { "10-first": quiet } }));
    expect((await said(world)).split("\n")).toHaveLength(4);
    const shown = world.host.log.flatMap(({ argv }) => argv).join("\n");
    expect(shown).not.toContain("s3cret");
    await expectNoTrace(world, stack, before);
  });
});

it("one that fails is told with what it said, without its secrets, and runs again", async () => {
  const { world, before, stack } = await prepare();
  const failing = {
    create: `${say("tried")}; yes no | head -n 5000; echo "bad $TOKEN" >&2; [ -f /root/ready ] || exit 7`,
    environment: { TOKEN: "hidden" },
  };
  const broken = program(world, { commands: { a: say("a"), b: failing, c: say("c") } });
  await expect(stack.up(broken)).rejects.toThrow(
    inOrder("run the command b in jail web", "status 7", "bad [redacted]"),
  );
  await expect(stack.up(broken)).rejects.toThrow(/status 7/);
  // Of what it says, the end is kept, which may begin within a secret.
  const key = Array.from({ length: 150 }, (_, i) => `part-${i}-`).join("");
  const repeating = { create: 'echo "$KEY$KEY$KEY$KEY"; exit 7', environment: { KEY: key } };
  const error = await stack
    .up(program(world, { commands: { b: repeating } }))
    .catch((one: Error) => one);
  expect((error as Error).message).toMatch(/status 7: (\[redacted\]){4}$/m);
  await world.host.run("jexec web touch /root/ready");
  await expectConverges(stack, broken);
  expect(await said(world)).toBe("a\ntried\ntried\ntried\nc");
  await expectNoTrace(world, stack, before);
});

it("a refresh sees what did not run, and a jail that is made anew has run nothing", async () => {
  const { world, before, stack } = await prepare();
  const put = program(world, { commands: { a: say("a") } });
  await stack.up(program(world, { commands: { a: say("a") }, running: false }));
  expect(await line(world.host, "cat /usr/local/jails/containers/web/root/said")).toBe("");
  await expectConverges(stack, put);
  await world.host.run("rm /usr/local/jails/.pulumi-freebsd/marks/ran.web.a");
  await stack.refresh();
  expect(await stack.up(put)).toMatchObject({ web: "update" });
  expect(await said(world)).toBe("a\na");
  await stack.up([base(world.login)]);
  await expectConverges(stack, put);
  expect(await said(world)).toBe("a");
  // By hand, its notes stay.
  const lose = async () => {
    const tree = "/usr/local/jails/containers/web";
    await world.host.run(`jail -R web; umount ${tree}/dev; chflags -R 0 ${tree}`);
    await world.host.run(`rm -rf ${tree}`);
    await stack.refresh();
  };
  await lose();
  await expectConverges(stack, put);
  expect(await said(world)).toBe("a");
  // Nor count for the new tree when the run that makes it does not come to its end.
  await lose();
  const failing = program(world, { commands: { "0": "[ -f /root/ready ]", a: say("a") } });
  await expect(stack.up(failing)).rejects.toThrow(/run the command 0/);
  await world.host.run("jexec web touch /root/ready");
  await expectConverges(stack, failing);
  expect(await said(world)).toBe("a");
  await expectNoTrace(world, stack, before);
});

it("what ran is known by another name", async () => {
  const { world, before, stack } = await prepare();
  const renamed = program(world, { commands }, "www");
  await stack.up(program(world, { commands }));
  await expectConverges(stack, renamed);
  await stack.refresh();
  expect(await stack.up(renamed)).toMatchObject({ web: "same" });
  expect((await said(world, "www")).split("\n")).toHaveLength(2);
  await expectNoTrace(world, stack, before);
});

it("what ran is known on another machine", async () => {
  const { a, b } = await startPair();
  const before = [a, b].map(({ host }) => host.snapshot());
  const stack = new Stack();
  await stack.up(on(a, { commands, keepOld: 0 }));
  const more = { commands: { ...commands, "30-third": say("third") }, keepOld: 0 };
  await expectConverges(stack, on(b, more));
  await stack.refresh();
  expect(await stack.up(on(b, more))).toMatchObject({ web: "same" });
  expect(await said(b)).toBe(`first with ${secret}\nsecond\nthird`);
  await expectNoTrace(b, stack, before[1]!);
  await expectNoTrace(a, stack, before[0]!);
});

it("they run in a jail that is adopted where it is, and are forgotten with it", async () => {
  const { world, stack } = await prepare();
  await world.host.run("mkdir -p /srv/web && tar -xpf /usr/freebsd-dist/base.txz -C /srv/web");
  const adopted = jail(world.login, "web", {
    ...{ base: undefined, adopt: { path: "/srv/web" }, resolver: "none", commands },
  });
  await expectConverges(stack, [adopted]);
  expect(await said(world)).toBe(`first with ${secret}\nsecond`);
  const marks = "ls /usr/local/jails/.pulumi-freebsd/marks";
  expect(await line(world.host, marks)).toContain("ran.web.20-second");
  await stack.destroy();
  expect(await line(world.host, marks)).toBe("");
});

it("those of an upgrade run when the jail was found well, and not when it is taken back", async () => {
  const { world, before, stack } = await prepare({ releases: ["14.3-RELEASE"] });
  const at = (release: string, more: Properties) => [
    base(world.login, { release }),
    jail(world.login, "web", more),
  ];
  await stack.up(at("14.3-RELEASE", { commands: { a: say("a") } }));
  const later = { commands: { a: { create: say("a"), update: say("b") } } };
  const healthCheck = { command: "[ -f /root/well ]", retries: 1, interval: 0 };
  const newer = at("15.1-RELEASE", { ...later, healthCheck });
  await expect(stack.up(newer)).rejects.toThrow(/not well/);
  expect(await said(world)).toBe("a");
  await world.host.run("jexec web touch /root/well");
  await expectConverges(stack, newer);
  expect(await said(world)).toBe("a\nb");
  await expectNoTrace(world, stack, before);
});

it("floods, and what does not end, are ended", async () => {
  const { world, stack } = await prepare();
  await stack.up(program(world, {}));
  const hanging = { hanging: { create: "sleep 1000", timeout: 1 } };
  await expect(stack.up(program(world, { commands: hanging }))).rejects.toThrow(/did not end/);
  const flooding = { flooding: { create: "yes flood", timeout: 1 } };
  const error = await stack.up(program(world, { commands: flooding })).catch((one: Error) => one);
  expect((error as Error).message).toMatch(/did not end/);
  expect((error as Error).message.length).toBeLessThan(5000);
});

it("what is no command, name or variable is refused by its property", async () => {
  const refuse = (given: Properties, property: string, words: RegExp) =>
    expectBadInput(
      [jail("ssh://root@192.0.2.1", "web", { commands: given, base: ofBase })],
      property,
      words,
    );
  const ofBase = { templateName: "t", path: "/t", release: "15.1-RELEASE" };
  await refuse({ "a.b": "true" }, 'commands["a.b"]', /letters/);
  await refuse(
    { a: { create: "true", environment: { "A-B": "" } } },
    'commands.a.environment["A-B"]',
    /variable/,
  );
  await refuse({ a: ["-x"] }, "commands.a.create", /program/);
  await refuse({ a: { create: "true", every: 1 } }, "commands.a", /every/);
});
