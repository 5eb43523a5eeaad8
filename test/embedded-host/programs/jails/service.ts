/** service(8): runs scripts of rc.d(8). */
import type { Process } from "../../contract.js";
import { argumentOf, getopt, has } from "./getopt.js";
import { isDaemon, mayRun, orderOf, runDaemon } from "./service/daemons.js";
import { runJailScript } from "./service/jail-start.js";
import { runLinuxScript } from "./service/linux.js";
import { runRctlScript } from "./service/rctl-rules.js";
import { allScripts, enabledScripts, findScript, switchOf } from "./service/scripts.js";

const usage = `usage: service [-j <jail name or id>] [-d] [-v] <rc.d script> <directive>
       service [-j <jail name or id>] [-d] -e
       service [-j <jail name or id>] [-d] -R
       service [-j <jail name or id>] [-d] -l
       service [-j <jail name or id>] [-d] -r
`;

export async function service(process: Process): Promise<number> {
  const options = getopt(process, "dj:ehlrRv");
  if (!options) {
    process.stderr.write(usage);
    return 1;
  }
  const jail = argumentOf(options, "j");
  if (jail !== undefined) {
    const letters = options.letters.filter(([letter]) => letter !== "j").map(([one]) => `-${one}`);
    const inside = ["/usr/sbin/service", ...letters, ...options.operands];
    return await process.spawn(["/usr/sbin/jexec", "-l", jail, ...inside]);
  }
  if (has(options, "e")) return print(process, enabledScripts(process));
  if (has(options, "l")) return print(process, allScripts(process));
  const [name, word, ...names] = options.operands;
  if (name === undefined || word === undefined) {
    process.stderr.write(usage);
    return 1;
  }
  return await run(process, name, word, names);
}

function print(process: Process, lines: readonly string[]): number {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return 0;
}

async function run(
  process: Process,
  name: string,
  word: string,
  names: readonly string[],
): Promise<number> {
  const path = findScript(process, name);
  if (path === undefined) {
    process.stdout.write(
      `${name} does not exist in /etc/rc.d or the local startup\n` +
        "directories (/usr/local/etc/rc.d), or is not executable\n",
    );
    return 1;
  }
  const order = orderOf(word);
  if (/^(enable|disable)d?$/.test(order.verb)) return await toggle(process, name, order.verb);
  if (!path.startsWith("/etc/rc.d/")) return await process.spawn([path, word, ...names]);
  if (name === "jail") return await runJailScript(process, order, names);
  if (name === "rctl") return await runRctlScript(process, order);
  if (name === "linux") return await runLinuxScript(process, order);
  if (isDaemon(name)) return await runDaemon(process, name, order);
  return mayRun(process, name, order) ? 0 : 1;
}

/** `service NAME enable` sets the script's variable. */
async function toggle(process: Process, name: string, verb: string): Promise<number> {
  const variable = switchOf(name);
  if (verb === "enabled" || verb === "disabled") {
    return await process.spawn(["/usr/sbin/sysrc", "-c", `${variable}=YES`]);
  }
  const value = verb === "enable" ? "YES" : "NO";
  const status = await process.spawn(["/usr/sbin/sysrc", "-q", `${variable}=${value}`]);
  if (status === 0) process.stdout.write(`${name} ${verb}d in /etc/rc.conf\n`);
  return status;
}
