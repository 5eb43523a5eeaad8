/** ping(8): the machine's own addresses, those of its jails and the gateway answer. */
import type { Machine, Process } from "../../../contract.js";
import { canonicalAddress, sameNetwork } from "../../../kernel/network/addresses.js";
import { vnetOf } from "../../../kernel/network/interface.js";
import { argumentOf, getopt } from "../getopt.js";
import { fail } from "../output.js";

const bytes = 64;

/** Sends as many requests as -c says (one when it says nothing). */
export async function ping(process: Process): Promise<number> {
  const options = getopt(process, "46AaDdfnoQqRrvc:G:g:h:i:I:l:M:m:P:p:S:s:T:t:W:z:");
  const [target, ...more] = options?.operands ?? [];
  if (!options || target === undefined || more.length > 0) {
    process.stderr.write("usage: ping [-c count] [-t timeout] host\n");
    return 64;
  }
  const address = canonicalAddress(target, "inet");
  if (address === undefined) {
    return fail(process, `cannot resolve ${target}: Name does not resolve`, 68);
  }
  if (!mayPing(process)) return fail(process, "ssend socket: Operation not permitted", 71);
  const count = Number(argumentOf(options, "c") ?? 1);
  process.stdout.write(`PING ${target} (${address}): 56 data bytes\n`);
  const ttl = answers(process.machine, address);
  const times = ttl === undefined ? [] : await collect(process, address, ttl, count);
  if (ttl === undefined) await process.sleep(Number(argumentOf(options, "t") ?? 10) * 1000);
  process.stdout.write(statistics(target, count, times));
  return times.length > 0 ? 0 : 2;
}

/** Raw sockets are for the host, for jails that are allowed them, and for VNET jails. */
function mayPing({ machine, jid }: Process): boolean {
  const jail = machine.jails.get(jid);
  if (!jail || vnetOf(machine, jid) === jid) return true;
  return jail.parameters.get("allow.raw_sockets") === true;
}

/** The hop limit of the answer; undefined when nobody answers. */
function answers(machine: Machine, address: string): number | undefined {
  const interfaces = [...machine.interfaces.values()].filter((it) => it.flags.includes("UP"));
  if (interfaces.some((it) => it.inet.some((one) => one.address === address))) return 64;
  const gateway = machine.routes.get("inet");
  if (gateway !== address) return undefined;
  const near = (one: { address: string; prefix: number }) =>
    sameNetwork(one.address, address, one.prefix);
  return interfaces.some((it) => it.inet.some(near)) ? 255 : undefined;
}

async function collect(process: Process, address: string, ttl: number, count: number) {
  const times: number[] = [];
  for (let sequence = 0; sequence < count; sequence += 1) {
    if (sequence > 0) await process.sleep(1000);
    const time = 0.05 + process.machine.random();
    times.push(time);
    const line = `${bytes} bytes from ${address}: icmp_seq=${sequence} ttl=${ttl}`;
    process.stdout.write(`${line} time=${time.toFixed(3)} ms\n`);
  }
  return times;
}

function statistics(target: string, sent: number, times: readonly number[]): string {
  const loss = ((100 * (sent - times.length)) / sent).toFixed(1);
  const lines = [
    "",
    `--- ${target} ping statistics ---`,
    `${sent} packets transmitted, ${times.length} packets received, ${loss}% packet loss`,
  ];
  if (times.length > 0) {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    const spread = Math.sqrt(
      times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length,
    );
    const all = [Math.min(...times), mean, Math.max(...times), spread];
    const numbers = all.map((time) => time.toFixed(3)).join("/");
    lines.push(`round-trip min/avg/max/stddev = ${numbers} ms`);
  }
  return `${lines.join("\n")}\n`;
}
