/** A jail that another tool started is taken over where it is, with a restart, cut everywhere. */
import { jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import { change } from "./sweep-flows.js";
import type { World } from "./world.js";

const directory = "/usr/local/bastille/jails/web";
const path = `${directory}/root`;

/** As Bastille writes it (session 40); nothing runs in it that would keep it. */
const conf = `web {
  enforce_statfs = 2;
  devfs_ruleset = 4;
  exec.clean;
  exec.start = '/bin/sh /etc/rc';
  exec.stop = '/bin/sh /etc/rc.shutdown';
  host.hostname = web;
  mount.devfs;
  path = ${path};
  securelevel = 2;
  ip4.addr = vtnet0|10.0.2.117;
  ip6 = disable;
  persist;
}
`;
const start = `jail -f ${directory}/jail.conf -c web`;

/** Its tree is as a start and a stop leave it, before and after: nothing in it writes process numbers down. */
async function makeBastille({ host }: World): Promise<void> {
  await host.run(`mkdir -p ${path} && tar -xpf /usr/freebsd-dist/base.txz -C ${path}`);
  const quiet = 'cron_enable="NO"\nsyslogd_enable="NO"\n';
  await host.run(`cat > ${path}/etc/rc.conf`, { stdin: quiet });
  await host.run(`cat > ${directory}/jail.conf`, { stdin: conf });
  await host.run(`${start} && jail -f ${directory}/jail.conf -r web`);
}

export const adoptFlows: Record<string, Flow> = {
  "a jail of Bastille is taken over with a restart": {
    options: {},
    setUp: makeBastille,
    from: ({ login }) => [range(login)],
    use: ({ host }) => host.run(start),
    to: ({ login }) => [
      range(login),
      jail(login, "web", {
        base: undefined,
        adopt: { path },
        addresses: [{ address: "10.0.2.117", interface: "vtnet0" }],
        // What Bastille's file does not say, and only a start gives.
        parameters: { "allow.set_hostname": true, persist: true, securelevel: 2, sysvshm: "new" },
        resolver: "none",
      }),
    ],
    like: [change.restart!],
  },
};
