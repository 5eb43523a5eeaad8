/** Leases while others make and remove their directory: taken on an embedded host. */
import { expect, it } from "vitest";
import { parseCidr } from "../../../provider/freebsd/address.js";
import { type LeaseAnswer, parseLease, takeLease } from "../../../provider/freebsd/lease.js";
import { openSession, parseHost } from "../../../provider/host/index.js";
import { startWorld } from "../../lifecycle/world.js";

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
