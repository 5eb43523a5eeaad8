/** syslogd(8), cron(8), sshd(8) as processes: they go into the background and stay there until killed. */
import type { Process, Program, RunningProcess } from "../../contract.js";
import { isNewer } from "../../kernel/network/interface.js";
import { pidFileOf } from "./service/daemons.js";
import { nothing, nowhere } from "./streams.js";

/** Tells the child in the background from the program that was called. */
const marker = "EMBEDDED_HOST_DAEMON";
const day = 24 * 3600 * 1000;

/** The program of a daemon. */
export function daemon(name: string): Program {
  return async (process: Process) => {
    const role = process.env.get(marker);
    if (role === `${name} helper`) return await sleepForever(process);
    if (role === name) return await stay(process, name);
    const running = startInBackground(process, name, name);
    const pidFile = pidFileOf(name);
    if (pidFile !== undefined) process.machine.files.write(process, pidFile, String(running.pid));
    return 0;
  };
}

function startInBackground(process: Process, name: string, role: string): RunningProcess {
  return process.start([`/usr/sbin/${name}`, ...process.argv.slice(1)], {
    stdin: nothing,
    stdout: nowhere,
    stderr: nowhere,
    cwd: "/",
    newGroup: role === name,
    env: new Map([...process.env, [marker, role]]),
  });
}

/** Since 15, syslogd(8) has two helpers that keep its rights for it; they end with it. */
async function stay(process: Process, name: string): Promise<never> {
  const count = name === "syslogd" && isNewer(process.machine.release) ? 2 : 0;
  const helpers = Array.from({ length: count }, () =>
    startInBackground(process, name, `${name} helper`),
  );
  try {
    return await sleepForever(process);
  } finally {
    for (const { pid } of helpers) process.machine.kill(pid, 15);
  }
}

async function sleepForever(process: Process): Promise<never> {
  for (;;) await process.sleep(day);
}
