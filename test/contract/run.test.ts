/** The command line of the contract suite, against embedded hosts. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  compareSnapshots,
  type EmbeddedHost,
  type EmbeddedHostOptions,
  startEmbeddedHost,
} from "../embedded-host/index.js";
import { varyLatency } from "./latency.js";

const patience = { timeout: 300_000 };
const everything = { include: ["/var/log", "/tmp"] };

let directory = "";
const hosts: EmbeddedHost[] = [];

let startSuite: typeof import("./command-line.mjs", { with: {
  "resolution-mode": "import",
}}).startSuite;

beforeAll(async () => {
  ({ startSuite } = await import("./command-line.mjs"));
  directory = await mkdtemp(join(tmpdir(), "pulumi-freebsd-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.stop())));

async function startHost(options: EmbeddedHostOptions = {}): Promise<EmbeddedHost> {
  const host = await startEmbeddedHost({ speed: 20, ...options });
  hosts.push(host);
  return host;
}

/** The host and its credentials, as arguments. */
async function argumentsFor({ url, hostKey, privateKey, port }: EmbeddedHost): Promise<string[]> {
  const identity = join(directory, `id-${port}`);
  await writeFile(identity, privateKey, { mode: 0o600 });
  return [url, "--host-key", hostKey, "--identity", identity];
}

describe("npm run test:host", patience, () => {
  it("passes on a good host by a slow line, and leaves it as it was", async () => {
    const host = await startHost({ zpool: "tank" });
    const before = host.snapshot(everything);
    const calm = varyLatency(host);
    const only = ["--only", "base release|a jail|Pulumi CLI|is as it was"];
    const args = [...(await argumentsFor(host)), "--dataset", "tank/pft", ...only];
    const { exitCode, all } = await startSuite(args);
    calm();
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/Tests .*\d+ passed/);
    expect(all.trimEnd()).toMatch(/^1\d skipped\n1\d passed, 0 failed$/m);
    expect(compareSnapshots(before, host.snapshot(everything))).toEqual([]);
    expect(host.defects).toEqual([]);
  });

  it("works as a user who becomes root", async () => {
    const users = { deploy: { password: "none", groups: ["wheel"] } };
    const host = await startHost({ become: "doas", users });
    const before = host.snapshot(everything);
    const { address, port, hostKey } = host;
    const args = [`ssh://deploy@${address}:${port}`, "--host-key", hostKey, "--become", "doas"];
    process.env.FREEBSD_SSH_PASSWORD = users.deploy.password;
    const { exitCode, all } = await startSuite([
      ...args,
      "--only",
      "is made and runs|is as it was",
    ]);
    delete process.env.FREEBSD_SSH_PASSWORD;
    expect(exitCode, all).toBe(0);
    expect(compareSnapshots(before, host.snapshot(everything))).toEqual([]);
  });

  it("fails on a host that cannot stop a jail, and cleans up all the same", async () => {
    const host = await startHost();
    const before = host.snapshot(everything);
    host.faults.fail(([name, ...words]) => name === "jail" && words.includes("-r"));
    const args = [...(await argumentsFor(host)), "--only", "stopped and started|is as it was"];
    const { exitCode, all } = await startSuite(args);
    expect(exitCode, all).toBe(1);
    expect(all).toMatch(/\d+ skipped\n0 passed, [1-9] failed$/);
    expect(compareSnapshots(before, host.snapshot(everything))).toEqual([]);
  });

  it("removes by --clean what a killed run left, and nothing else", async () => {
    const host = await startHost({ zpool: "tank" });
    await host.run("mkdir -p /etc/jail.conf.d && echo > /etc/jail.conf.d/pft-mine.conf");
    await host.run("sysrc jail_enable=YES jail_list=mine && zfs create tank/pft-other");
    const before = host.snapshot(everything);
    const args = [...(await argumentsFor(host)), "--dataset", "tank/pft"];
    const starting = host.faults.hold(
      ([name, ...words]) => name === "jail" && words.includes("-c"),
    );
    const doomed = startSuite(args);
    await starting.reached;
    process.kill(-doomed.pid!, "SIGKILL");
    await doomed;
    const again = await startSuite(args);
    expect(again.exitCode).toBe(1);
    expect(again.all).toMatch(/is not empty: it holds pft-[0-9a-f]{6}.* --clean removes/);

    // The jail is started after all, by the orphan of the killed run: what cleans waits for its lock.
    const waiting = host.faults.hold(
      ([name, ...words]) => name === "lockf" && words.at(-1) === "true",
    );
    const cleaning = startSuite([...args, "--clean"]);
    await waiting.reached;
    waiting.release();
    starting.release();
    const { exitCode, all } = await cleaning;
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/^1 passed, 0 failed$/m);
    expect(compareSnapshots(before, host.snapshot(everything))).toEqual([]);
  });

  it.each([
    ["a directory", ["--root", "/usr/local"], /\/usr\/local is not empty: it holds .*bin/],
    ["a dataset", ["--dataset", "tank"], /dataset tank is not empty: it holds data/],
    ["a pool that is not there", ["--dataset", "pool/pft"], /zfs create .*status 1/],
  ])("refuses %s, and touches nothing", async (_, more, words) => {
    const host = await startHost({ zpool: "tank" });
    await host.run("mkdir -p /usr/local/bin && zfs create tank/data");
    const before = host.snapshot(everything);
    const { exitCode, all } = await startSuite([...(await argumentsFor(host)), ...more]);
    expect(exitCode).toBe(1);
    expect(all).toMatch(words);
    expect(compareSnapshots(before, host.snapshot(everything))).toEqual([]);
  });

  it("says why a host cannot be reached", async () => {
    const host = await startHost();
    const args = await argumentsFor(host);
    await host.stop();
    const { exitCode, all } = await startSuite(args);
    expect(exitCode).toBe(1);
    expect(all).toMatch(/root@127\.0\.0\.1:\d+.*cannot be reached/);
    expect(all).toMatch(/0 passed, 1 failed/);
  });

  it("explains itself, and what is wrong with its arguments", async () => {
    const [help, bad] = await Promise.all([
      startSuite(["--help"]),
      startSuite(["ssh://a", "--what"]),
    ]);
    expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("--second") });
    expect(bad).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("'--what'") });
  });
});
