/** Leases: what is said of them, and how they are taken while others make and remove their directory. */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAddress, parseCidr } from "../../../provider/freebsd/address.js";
import type { Command } from "../../../provider/freebsd/command.js";
import { removeAliases } from "../../../provider/freebsd/ifconfig.js";
import {
  type LeaseAnswer,
  parseLease,
  takeAddress,
  takeLease,
} from "../../../provider/freebsd/lease.js";
import { openSession, parseHost } from "../../../provider/host/index.js";
import { startWorld } from "../../lifecycle/world.js";
import { answer, releases } from "../transcripts.js";
import { damaged, printed } from "./damage.js";

const directory = "/var/leases";
const spans = [parseCidr("10.20.0.8/29")!];

/** Takes a lease while `meanwhile` runs on the console, just before `program` starts. */
async function takeMeanwhile(
  before: string,
  program: string,
  meanwhile: string,
): Promise<LeaseAnswer> {
  const { host, login } = await startWorld();
  await host.run(before);
  const hold = host.faults.hold(([name]) => name === program);
  const session = openSession(parseHost(login));
  const answer = session.observe([takeLease(directory, "owner:a", spans)]);
  await hold.reached;
  await host.run(meanwhile);
  hold.release();
  return parseLease((await answer)[0]!);
}

it("is taken when another one makes the directory first", async () => {
  const { address } = await takeMeanwhile("true", "mkdir", `mkdir ${directory}`);
  expect(address).toBe("10.20.0.8");
});

it("is taken when the directory is removed empty on the way", async () => {
  const { address } = await takeMeanwhile(`mkdir ${directory}`, "ln", `rmdir ${directory}`);
  expect(address).toBe("10.20.0.8");
});

it("is the next address when the first one is taken on the way", async () => {
  const taken = `ln -sh owner:b ${directory}/10.20.0.8`;
  const { address } = await takeMeanwhile(`mkdir ${directory}`, "ln", taken);
  expect(address).toBe("10.20.0.9");
});

/** A tunnel's end, as ifconfig.c prints it: no session has one, and the embedded host makes none. */
const tunnel = "\\tinet 10.20.0.9 --> 10.20.0.10/32 \\n\\tinet6 fd00::9 --> fd00::a/128\\n";

/** Runs a command's shell function with a host's tools that only say what they were asked to do. */
function runOnTunnel({ shellFunction, argv }: Command): string {
  const script = `
    ifconfig() { case $1 in -f) printf '${tunnel}';; *) echo "$@";; esac; }
    find() { :; }
    ln() { :; }
    ${shellFunction!.text}
    "$@"`;
  return execFileSync("/bin/sh", ["-c", script, "sh", ...argv], {
    encoding: "utf8",
    stdio: "pipe",
  });
}

it("neither end of a tunnel is leased", () => {
  expect(runOnTunnel(takeLease(tmpdir(), "owner:a", spans))).toBe("10.20.0.8\n");
  const [from] = [{ ...spans[0]!, first: spans[0]!.first + 1n }];
  expect(runOnTunnel(takeLease(tmpdir(), "owner:a", [from]))).toBe("10.20.0.11\n");
  for (const address of ["10.20.0.9", "fd00::9", "fd00::a"]) {
    expect(() => runOnTunnel(takeAddress(tmpdir(), "owner:a", address))).toThrow(
      `${address} is on an interface of the host`,
    );
  }
});

it("an alias at a tunnel's end is found and removed", () => {
  const alias = (address: string) => ({ interface: "tun0", address });
  const aliases = [alias("10.20.0.9"), alias("fd00::9"), alias("10.20.0.1")];
  expect(runOnTunnel(removeAliases(aliases))).toBe(
    "tun0 inet 10.20.0.9 -alias\ntun0 inet6 fd00::9 -alias\n",
  );
});

it("an answer is an address, in its canonical text, or a fault", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()).chain(damaged), (text) => {
      const { address, fault } = parseLease(printed(`${text}\n`));
      expect(parseAddress(address ?? "")).toEqual(parseAddress(text));
      expect(fault).toBe(address === undefined ? "failed" : undefined);
    }),
    { numRuns: 1000 },
  );
});

it.each([
  [3, "exhausted"],
  [4, "in use"],
  [1, "failed"],
  [255, "failed"],
])("status %i means %s, whatever is printed", (status, fault) => {
  const stderr = "why\n";
  const answered = parseLease({ status, stdout: "10.20.0.8\n", stderr });
  expect(answered).toEqual({ fault, holders: new Map(), message: "why" });
});

it.each(releases)("the holders of a range are told from the links on %s", (release) => {
  const links = answer(release, "02", "stat -f '%N %Y' /tmp/t/a/10.0.0.5").stdout;
  const ours = links.replace("acme/prod/web", "owner:0123456789abcdef:urn");
  const { holders } = parseLease({ status: 3, stdout: "", stderr: links + ours });
  expect([...holders]).toEqual([["10.0.0.5", "owner:0123456789abcdef:urn"]]);
});
