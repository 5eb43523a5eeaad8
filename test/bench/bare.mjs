/**
 * What an administrator types for one clone with one address, and nothing beyond it: no look before, no lock, no
 * mark, no lease, no look afterwards. Each is a command line of sh, with its input where it has one.
 */
const conf = ({ name, address, path }) => `${name} {
  host.hostname = "${name}";
  path = "${path}";
  interface = "vtnet0";
  ip4.addr = "${address}/32";
  mount.devfs;
  devfs_ruleset = 4;
  enforce_statfs = 2;
  exec.clean;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown";
  exec.consolelog = "/var/log/jail_console_${name}.log";
}
`;

/** The commands by operation. `jail`: name, address, path, dataset, the template's dataset as `template`. */
export function bareCommands(jail) {
  const operations = Object.entries(linesFor(jail));
  return Object.fromEntries(
    operations.map(([name, lines]) => [name, lines.map((line) => ({ ...line, accept: [0] }))]),
  );
}

function linesFor(jail) {
  const { name, path, dataset, template } = jail;
  const file = `/etc/jail.conf.d/${name}.conf`;
  const write = { line: `mkdir -p /etc/jail.conf.d && cat > ${file}`, input: conf(jail) };
  return {
    create: [
      { line: `zfs clone ${template}@base ${dataset}` },
      { line: `cp /etc/resolv.conf ${path}/etc/resolv.conf` },
      write,
      { line: `sysrc jail_enable=YES jail_list+=${name}` },
      // What a jail starts keeps the channel open: its output goes elsewhere.
      { line: `jail -f ${file} -c ${name} >/dev/null 2>&1` },
    ],
    update: [write, { line: `jail -m name=${name} host.hostname=${name}.example.org` }],
    read: [
      { line: `jls -n -j ${name}` },
      { line: `cat ${file}` },
      { line: "ifconfig -a" },
      { line: "sysrc -n jail_enable jail_list" },
      { line: "mount -p" },
      { line: `zfs list -H ${dataset}` },
    ],
    delete: [
      { line: `jail -f ${file} -r ${name}` },
      { line: `sysrc jail_list-=${name}` },
      { line: `zfs destroy ${dataset}` },
      { line: `rm -f ${file} /var/log/jail_console_${name}.log` },
    ],
  };
}
