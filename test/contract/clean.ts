/** Removes what a run left on its host, by plain commands: after a failure there is no state to destroy it by. */
import type { Admin } from "./admin.js";
import type { Target } from "./target.js";

/** Removes everything of a run. What is not there is no error; what cannot be removed is told. */
export async function cleanRun(admin: Admin, target: Target, run: string): Promise<void> {
  const root = `${target.root}/${run}`;
  await waitForOrphans(admin);
  for (const jail of await jailsOf(admin, run)) await removeJail(admin, jail);
  await removeAliases(admin, target, root);
  await restoreBoot(admin, root);
  await unmountAll(admin, root);
  await detachAll(admin, root);
  await removeTrees(admin, target, run);
}

/** What a lost connection left running goes on to its end, and holds its lock until then. */
async function waitForOrphans(admin: Admin): Promise<void> {
  const wait = 'lockf -k -t 600 "$lock" true';
  await admin.run(
    `for lock in /var/run/pulumi-freebsd/*; do [ -s "$lock" ] || [ ! -e "$lock" ] || ${wait}; done`,
  );
}

/** Jails that run, are configured, or start at boot. */
async function jailsOf(admin: Admin, run: string): Promise<string[]> {
  const names = [
    ...(await admin.list("jls name")),
    ...(await admin.list("ls /etc/jail.conf.d")).map((file) => file.replace(/\.conf$/, "")),
    ...(await admin.list("sysrc -n jail_list")).flatMap((list) => list.split(" ")),
  ];
  return [...new Set(names)].filter((name) => name.startsWith(`${run}-`));
}

async function removeJail(admin: Admin, jail: string): Promise<void> {
  const conf = `/etc/jail.conf.d/${jail}.conf`;
  // With its file its aliases and mounts go, too; without, or when a hook of it fails, the jail alone.
  await admin.run(`jail -f ${conf} -r ${jail} || jail -R ${jail}`);
  const list = (await admin.list("sysrc -n jail_list")).join(" ").split(" ");
  if (list.includes(jail)) await admin.ask(`sysrc jail_list-=${jail}`);
  await admin.ask(
    `rm -f ${conf} /var/log/jail_console_${jail}.log /var/run/pulumi-freebsd/jail.${jail}`,
  );
}

/** The leases of the run say which addresses were given to its jails. */
async function removeAliases(admin: Admin, target: Target, root: string): Promise<void> {
  const present = await admin.ask(`ifconfig ${target.interface}`);
  for (const address of await admin.list(`ls ${root}/.pulumi-freebsd/leases`)) {
    const family = address.includes(":") ? "inet6" : "inet";
    if (!present.includes(`${family} ${address} `)) continue;
    await admin.ask(`ifconfig ${target.interface} ${family} ${address} -alias`);
  }
}

/** Where the run's first jail set variables of rc.conf, a link says which. */
async function restoreBoot(admin: Admin, root: string): Promise<void> {
  const made = await admin.list(`readlink ${root}/.pulumi-freebsd/made.rc`);
  const left = (await admin.list("sysrc -n jail_list")).join("").trim();
  if (left !== "") return;
  for (const name of ["jail_enable", "jail_list"]) {
    if (made.join().includes(name)) await admin.run(`sysrc -x ${name}`);
  }
}

/** What hangs below the root but is no dataset: those are destroyed with their content. */
async function unmountAll(admin: Admin, root: string): Promise<void> {
  const mounts = (await admin.list("mount -p")).map((line) => line.split(/\s+/));
  const below = mounts.filter(([, on, type]) => on?.startsWith(`${root}/`) && type !== "zfs");
  for (const [, on] of below.reverse()) await admin.insist(`umount -f ${on}`);
}

/** Memory disks that show images below the root. */
async function detachAll(admin: Admin, root: string): Promise<void> {
  const disks = (await admin.list("mdconfig -l -v")).map((line) => line.split(/\s+/));
  const ours = disks.filter((words) => words.some((word) => word.startsWith(`${root}/`)));
  for (const [disk] of ours) await admin.ask(`mdconfig -d -u ${disk}`);
}

async function removeTrees(admin: Admin, target: Target, run: string): Promise<void> {
  const dataset = `${target.dataset}/${run}`;
  if (target.dataset !== undefined && (await admin.run(`zfs list ${dataset}`)).status === 0) {
    await admin.insist(`zfs destroy -R ${dataset}`);
  }
  await admin.ask(`rm -rf /tmp/${run} /tmp/${run}.txz`);
  const root = `${target.root}/${run}`;
  if ((await admin.run(`[ -d ${root} ]`)).status === 0) {
    await admin.ask(`chflags -R 0 ${root} && rm -rfx ${root}`);
  }
}
