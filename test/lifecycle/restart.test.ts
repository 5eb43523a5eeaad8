/** Restarts whose start fails: the jail runs again as it did before. */
import { describe, expect, it } from "vitest";
import { type Properties, Stack } from "./engine.js";
import { expectConverges, expectNoTrace, inOrder } from "./faults.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld } from "./world.js";

const files = "/etc/jail.conf.d/web.conf /usr/local/jails/containers/web.fstab";
const again = /started again with its former configuration, and runs/;

async function prepare(options: Parameters<typeof startWorld>[0] = {}, more: Properties = {}) {
  const world = await startWorld({ speed: 100, ...options });
  const { host, login } = world;
  const before = host.snapshot();
  const kind = more.type === "thin" ? { kind: "split" } : {};
  const program = (inputs: Properties) => [
    base(login, kind),
    range(login),
    jail(login, "web", { ...more, ...inputs }),
  ];
  const stack = new Stack();
  return { world, host, before, stack, program };
}

describe.each([
  ["a directory", {}, {}],
  ["a clone", { dataset: "tank/jails" }, { type: "clone" }],
  ["a thin jail", {}, { type: "thin" }],
] as const)("%s", (_, options, more) => {
  it.each(["exec.prestart", "exec.start"])(
    "whose %s fails has its former files and state again",
    async (hook) => {
      const { world, host, before, stack, program } = await prepare(options, more);
      const good = {
        parameters: { "children.max": 1 },
        mounts: [{ type: "tmpfs", target: "/mnt" }],
      };
      const bad = { parameters: { [hook]: "/usr/bin/false" }, mounts: [] };
      await stack.up(program(good));
      const [jid, was] = [await line(host, "jls -j web jid"), await line(host, `cat ${files}`)];
      const failure = stack.up(program(bad));
      await expect(failure).rejects.toThrow(
        inOrder("jail web on root@", "start jail web: failed", "false", "started again with its"),
      );
      await expect(failure).rejects.toThrow(again);
      expect(await line(host, `cat ${files}`)).toBe(was);
      expect(await line(host, "jls -j web children.max ip4.addr")).toBe("1 10.20.0.1");
      expect(await line(host, "mount -p | grep -c containers/web.*/mnt")).toBe("1");
      expect(await line(host, "jls -j web jid")).not.toBe(jid);
      expect(await line(host, "ls /usr/local/jails/containers")).not.toContain("restart");
      const { parameters, jid: told } = stack.states.get("web")!.outputs;
      expect(parameters).toEqual(good.parameters);
      expect(`${told}`).toBe(await line(host, "jls -j web jid"));
      await stack.refresh();
      await expectConverges(stack, program({ parameters: { securelevel: 1 } }));
      await expectNoTrace(world, stack, before);
    },
  );
});

it("a full disk between stop and start is such a failure, too", async () => {
  const { world, host, before, stack, program } = await prepare();
  await stack.up(program({}));
  const was = await line(host, "cat /etc/jail.conf.d/web.conf");
  host.faults.fail(([tool, , to]) => tool === "mv" && to === "/etc/jail.conf.d/web.conf.new", {
    times: 1,
  });
  await expect(stack.up(program({ parameters: { "exec.fib": 0 } }))).rejects.toThrow(again);
  expect(await line(host, "cat /etc/jail.conf.d/web.conf")).toBe(was);
  await expectConverges(stack, program({ parameters: { "exec.fib": 0 } }));
  await expectNoTrace(world, stack, before);
});

it("a jail that cannot be started with its former files either is told of", async () => {
  const { host, stack, program } = await prepare();
  await stack.up(program({}));
  host.faults.fail((argv) => argv[0] === "jail" && argv[3] === "-c", { stderr: "no\n" });
  await expect(stack.up(program({ parameters: { "exec.fib": 0 } }))).rejects.toThrow(
    /has its former configuration, but does not run: look at it with jail -vf/,
  );
  host.faults.clear();
  await expectConverges(stack, program({ parameters: { "exec.fib": 0 } }));
  expect(await line(host, "ls /usr/local/jails/containers")).toBe("web");
});

it("a jail that records no more is started by its former file without what recorded", async () => {
  const { world, host, before, stack, program } = await prepare();
  await stack.up(program({ record: true }));
  await host.run("jexec web sh -c 'echo mine >/root/mine'");
  const bad = { parameters: { "exec.start": "/usr/bin/false" } };
  await expect(stack.up(program(bad))).rejects.toThrow(again);
  expect(await line(host, "jexec web cat /root/mine; mount -p | grep -c unionfs")).toBe("mine\n0");
  await expectConverges(stack, program({}));
  expect(await line(host, "jexec web cat /root/mine")).toBe("mine");
  await expectNoTrace(world, stack, before);
});

it("what fails after the start leaves the new configuration", async () => {
  const { host, stack, program } = await prepare();
  await stack.up(program({}));
  host.faults.fail((argv) => argv.includes("enable"), { stderr: "no\n" });
  const wanted = { parameters: { "exec.fib": 0 }, services: { cron: true, sshd: true } };
  const error = await stack.up(program(wanted)).then(
    () => "",
    (reason: Error) => reason.message,
  );
  expect(error).toContain("jail web on root@");
  expect(error).not.toMatch(/former/);
  expect(await line(host, "grep -c exec.fib /etc/jail.conf.d/web.conf")).toBe("1");
});

const conf = 'old { path = "/srv/old"; persist; host.hostname = "old"; ip4 = "inherit"; }\n';

/** A jail of somebody else that runs by that file, and what takes it over. */
async function adopting(file: string) {
  const { host, login } = await startWorld({ speed: 100 });
  await host.run("mkdir -p /srv/old && tar -xpf /usr/freebsd-dist/base.txz -C /srv/old");
  await host.run(`mkdir -p /etc/jail.conf.d && cat > ${file}`, { stdin: conf });
  expect((await host.run(`jail -f ${file} -c old`)).status).toBe(0);
  const adopt = { path: "/srv/old" };
  const program = (parameters: Properties) => [
    {
      kind: "Jail" as const,
      name: "old",
      inputs: () => ({ host: login, name: "old", adopt, resolver: "none", parameters }),
    },
  ];
  return { host, program, stack: new Stack() };
}

const failing = { osrelease: "13.2-RELEASE", "exec.start": "/usr/bin/false" };
const working = { osrelease: "13.2-RELEASE" };

it("an adopted jail is started by the file of its administrator again", async () => {
  const file = "/etc/jail.conf.d/old.conf";
  const { host, program, stack } = await adopting(file);
  await expect(stack.up(program(failing))).rejects.toThrow(again);
  expect(`${await line(host, `cat ${file}`)}\n`).toBe(conf);
  expect(await line(host, "jls -j old path")).toBe("/srv/old");
  await expectConverges(stack, program(working));
});

it("an adopted jail of which nobody knows how it was started is told of", async () => {
  const { host, program, stack } = await adopting("/root/old.conf");
  await expect(stack.up(program(failing))).rejects.toThrow(/what it was started by is not known/);
  expect(await line(host, "jls -q name")).toBe("");
  await expectConverges(stack, program(working));
  expect(await line(host, "jls -j old path")).toBe("/srv/old");
});
