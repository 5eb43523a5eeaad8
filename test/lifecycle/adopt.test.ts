/** Jails that other tools made: printed as a program, taken over where they are, and left there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { importJail } from "../../provider/cli/import-inputs.js";
import { renderProgram } from "../../provider/cli/import-program.js";
import { surveyHost } from "../../provider/cli/import-survey.js";
import { run } from "../../provider/cli/main.js";
import { parseHost } from "../../provider/host/parse-host.js";
import { bastilleLayout } from "../conformance/bastille.js";
import { type Declaration, Stack } from "./engine.js";
import { startWorld, type World } from "./world.js";

const layouts = join(__dirname, "../fixtures/layouts");

/** Puts the files of a layout on a host. */
async function install({ host }: World, layout: string): Promise<void> {
  const names = readdirSync(join(layouts, layout), { recursive: true, withFileTypes: true });
  for (const entry of names.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(join(layouts, layout).length);
    await host.run(`mkdir -p ${path.slice(0, path.lastIndexOf("/"))}`);
    await host.run(`cat > ${path}`, { stdin: readFileSync(file, "utf8") });
  }
}

/** What a program declares when it runs, and its text. */
async function imported({ login }: World): Promise<{ text: string; declared: Declaration[] }> {
  const { found, left } = await surveyHost(parseHost(login));
  const jails = found.map((each) => ({ jail: each.jail, ...importJail(each) }));
  const text = renderProgram({ host: login, jails, left });
  const declared: Declaration[] = [];
  class Jail {
    constructor(name: string, inputs: object) {
      declared.push({ kind: "Jail", name, inputs: () => ({ ...inputs }) });
    }
  }
  const script = text.replace(/^import .*$/m, "").replaceAll("export const", "const");
  new Function("freebsd", script)({ Jail });
  return { text, declared };
}

const makeRoot = (path: string, ...more: string[]): string =>
  [
    `mkdir -p ${[path, ...more].join(" ")}`,
    `tar -xpf /usr/freebsd-dist/base.txz -C ${path}`,
    `echo data > ${path}/root/data`,
  ].join(" && ");

/** Taken over without a restart, the same when nothing changes, stopped and left when it is declared no more. */
async function expectAdoption(world: World, running: readonly string[], paths: readonly string[]) {
  const { host } = world;
  const jids = async () => (await host.run("jls -n jid name path")).stdout;
  const before = await jids();
  expect(before.split("\n").filter(Boolean)).toHaveLength(running.length);
  const { text, declared } = await imported(world);
  const stack = new Stack();
  await stack.up(declared);
  expect(await jids(), text).toBe(before);
  const same = Object.fromEntries(declared.map(({ name }) => [name, "same"]));
  expect(await stack.up(declared)).toEqual(same);
  await stack.refresh();
  expect(await stack.up(declared)).toEqual(same);
  const again = await imported(world);
  expect(again.declared).toEqual([]);
  await stack.destroy();
  expect(await jids()).toBe("");
  for (const path of paths) expect((await host.run(`cat ${path}/root/data`)).stdout).toBe("data\n");
  return text;
}

it("Bastille's jails, of all its types", async () => {
  const world = await startWorld({ release: "13.2-RELEASE" });
  for (const line of bastilleLayout()) await world.host.run(line);
  const paths = ["c1", "t1", "k1"].map((name) => `/usr/local/bastille/jails/${name}/root`);
  for (const path of paths)
    await world.host.run(`mkdir -p ${path}/root; echo data > ${path}/root/data`);
  const text = await expectAdoption(world, ["c1", "t1", "k1"], paths);
  expect(text).toContain("bastille config c1 set boot off");
});

it("iocage's: one that runs, one that does not", async () => {
  const world = await startWorld({ release: "13.2-RELEASE", zpool: "tank" });
  const { host } = world;
  await host.run("zfs create -o mountpoint=/iocage tank/iocage; ifconfig lo1 create");
  await install(world, "iocage");
  const roots = ["web.one", "idle"].map((name) => `/iocage/jails/${name}/root`);
  for (const root of roots) await host.run(makeRoot(root, `${root}/srv/data`, "'/srv/my data'"));
  await host.run("mkdir -p /iocage/log");
  const started = await host.run("jail -f /var/run/jail.ioc-web_one.conf -c ioc-web_one");
  expect(started.stderr).toBe("");
  const text = await expectAdoption(world, ["ioc-web_one"], roots);
  expect(text).toContain("iocage limits its memory to 1G:deny");
});

it("ezjail's, and qjail's", async () => {
  const world = await startWorld({ release: "13.2-RELEASE" });
  const { host } = world;
  await install(world, "ezjail");
  await install(world, "qjail");
  const roots = ["mail.example.org", "old", "ns1", "spare"].map((name) => `/usr/jails/${name}`);
  for (const root of roots)
    await host.run(
      makeRoot(root, `${root}/basejail /usr/jails/basejail ${root}/sharedfs /usr/jails/sharedfs`),
    );
  const started = await host.run("jail -f /usr/local/etc/qjail.config/ns1 -c ns1");
  expect(started.stderr).toBe("");
  await expectAdoption(world, ["ns1"], roots);
});

it("through the command line, by settings whose secrets are not for a program", async () => {
  const world = await startWorld({});
  await install(world, "jail.conf");
  const directory = mkdtempSync(join(tmpdir(), "import-"));
  vi.stubEnv("XDG_CONFIG_HOME", directory);
  try {
    writeFileSync(join(directory, "pulumi-freebsd.json"), JSON.stringify({ host: world.login }));
    const before = world.host.snapshot();
    const parts: string[] = [];
    const write = { out: (part: string) => void parts.push(part), error: () => undefined };
    expect(await run(["import"], write)).toBe(0);
    const text = parts.join("");
    expect(text).toContain('new freebsd.Jail("cache"');
    expect(text).not.toContain("PRIVATE KEY");
    expect(world.host.snapshot()).toEqual(before);
    expect(await run(["import", "a", "b"], write)).toBe(2);
  } finally {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  }
});

it("an administrator's, whose files say what a Jail cannot", async () => {
  const world = await startWorld({});
  const { host } = world;
  await install(world, "jail.conf");
  for (const root of ["/jails/db", "/srv/cache"])
    await host.run(makeRoot(root, `${root}/tmp ${root}/data`));
  await host.run("sysrc jail_enable=YES");
  const started = await host.run("jail -f /etc/jail.conf -c db");
  expect(started.stderr).toBe("");
  const text = await expectAdoption(world, ["db"], ["/jails/db", "/srv/cache"]);
  expect(text).toContain("// not taken over: exec.prestart = logger 'db starts'");
  expect(text).toContain("// not taken over: /dev/gpt/data /srv/cache/data ufs rw");
});
