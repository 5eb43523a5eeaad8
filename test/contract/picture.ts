/** What a person would compare before and after: everything that the suite, or the provider, could leave. */
import type { Admin } from "./admin.js";
import type { Target } from "./target.js";

/** One fact a line, in no order. Ids, times and sizes, which change by themselves, are not among them. */
export async function takePicture(admin: Admin, target: Target): Promise<string[]> {
  const facts: string[] = [];
  for (const [what, line] of Object.entries(questions(target))) {
    for (const each of await admin.list(line)) facts.push(`${what}: ${each}`);
  }
  return [...facts, ...(await addresses(admin))];
}

function questions({ root, dataset }: Target): Record<string, string> {
  return {
    jail: "jls name path",
    mount: "mount -p",
    disk: "mdconfig -l -v",
    directory: `ls -d ${root}`,
    file: `find ${root} -maxdepth 3`,
    "jail.conf": "cat /etc/jail.conf",
    "jail.conf.d": "ls /etc/jail.conf.d",
    "rc.conf": "sysrc -n jail_enable jail_list; grep ^jail /etc/rc.conf",
    log: "ls /var/log | grep ^jail_console",
    // Empty files there are locks, which stay until the next boot.
    run: "find /var/run/pulumi-freebsd -type f -size +0",
    ...(dataset === undefined ? {} : { dataset: `zfs list -H -r -t all -o name ${dataset}` }),
  };
}

/** Addresses with their interfaces. */
async function addresses(admin: Admin): Promise<string[]> {
  const facts: string[] = [];
  let name = "";
  for (const line of await admin.list("ifconfig -a")) {
    name = /^(\S+): /.exec(line)?.[1] ?? name;
    const address = /^\s+(inet6? \S+)/.exec(line)?.[1];
    if (address !== undefined) facts.push(`address: ${name} ${address}`);
  }
  return facts;
}

/** What went, with a minus, and what came, with a plus; nothing when they are equal. */
export function comparePictures(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((fact) => !after.includes(fact));
  const come = after.filter((fact) => !before.includes(fact));
  return [...gone.map((fact) => `- ${fact}`), ...come.map((fact) => `+ ${fact}`)];
}
