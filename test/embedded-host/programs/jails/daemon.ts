/** syslogd(8), cron(8), sshd(8) as processes: they go into the background and stay there until killed. */
import type { Process, Program } from "../../contract.js";
import { pidFileOf } from "./service/daemons.js";
import { nothing, nowhere } from "./streams.js";

/** Tells the child in the background from the program that was called. */
const marker = "EMBEDDED_HOST_DAEMON";
const day = 24 * 3600 * 1000;

/** The program of a daemon. */
export function daemon(name: string): Program {
  return async (process: Process) => {
    if (process.env.get(marker) === name) return await stay(process);
    const running = process.start([`/usr/sbin/${name}`, ...process.argv.slice(1)], {
      stdin: nothing,
      stdout: nowhere,
      stderr: nowhere,
      cwd: "/",
      newGroup: true,
      env: new Map([...process.env, [marker, name]]),
    });
    const pidFile = pidFileOf(name);
    if (pidFile !== undefined) process.machine.files.write(process, pidFile, String(running.pid));
    return 0;
  };
}

async function stay(process: Process): Promise<never> {
  for (;;) await process.sleep(day);
}
