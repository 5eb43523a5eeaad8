/**
 * Every property of Jail on its way through create, change, drift, repair and removal: how it is declared, how somebody
 * changes it on the host, how it is seen there, and what each step does to what runs. Used by properties.test.ts.
 */

/**
 * What a step does to a running jail. "start" and "stop" are `running`'s; "same": there is nothing to do, and no step
 * of the engine either.
 */
export type RowEffect = "live" | "restart" | "none" | "connection" | "start" | "stop" | "same";

/** Where the host keeps its jails. */
export type Site = "directory" | "zfs";

/** Of create, change and removal. */
type Steps<T> = readonly [created: T, changed: T, removed: T];

export interface Row {
  readonly property: string;
  /** Tells two rows of one property apart. */
  readonly kind?: string;
  /** Default: everywhere. */
  readonly site?: Site;
  /** Inputs that stay the same, as the text of a program. */
  readonly beside?: string;
  /** The property as the program declares it; the last without it, where it is not a required one. */
  readonly declared: Steps<string>;
  /** Of change, repair and removal. */
  readonly effects: RowEffect | readonly [RowEffect, RowEffect, RowEffect];
  /** A line for the host's shell, where $J is the jail's name; none where the host has nothing of the property. */
  readonly drift?: string;
  /** Prints what is in force. */
  readonly shows: string;
  readonly values: Steps<string | RegExp>;
  /** Names of the jail on the host, where they are not the resource's. */
  readonly names?: Steps<string>;
  /** Run on the host before anything is declared. */
  readonly before?: string;
}

/** The name of a row's resource. */
export const rowName = ({ property, kind }: Row): string =>
  kind === undefined ? property : `${property}-${kind}`;

const conf = "/etc/jail.conf.d/$J.conf";
/** By hand: what an administrator does who edits the file. */
const edited = (script: string) => `sed -i '' '${script}' ${conf}; jail -f ${conf} -rc $J`;

/** Without it, the stack's configuration says the host; there it has no dataset. */
const hostRow = (site: Site, removed: string): Row => ({
  property: "host",
  site,
  declared: [
    "host: { ...at.host, maxSessions: 2 }",
    "host: { ...at.host, maxSessions: 3 }",
    removed,
  ],
  effects: ["connection", "same", "connection"],
  shows: "jls -j $J name",
  values: ["host", "host", "host"],
});

/** What the kernel and jail(8) have of a jail. */
export const kernelRows: readonly Row[] = [
  {
    property: "hostname",
    declared: ['hostname: "one.example.org"', 'hostname: "two.example.org"', ""],
    effects: "live",
    drift: "jail -m name=$J host.hostname=evil",
    shows: "jls -j $J host.hostname",
    values: ["one.example.org", "two.example.org", "hostname"],
  },
  {
    property: "parameters",
    kind: "live",
    declared: [
      'parameters: { "allow.raw_sockets": true }',
      'parameters: { "allow.raw_sockets": true, "children.max": 3 }',
      "",
    ],
    effects: "live",
    drift: "jail -m name=$J children.max=7 allow.noraw_sockets",
    shows: "jls -j $J allow.raw_sockets children.max",
    values: ["true 0", "true 3", "false 0"],
  },
  {
    property: "parameters",
    kind: "restart",
    declared: ['parameters: { sysvmsg: "new" }', 'parameters: { sysvmsg: "inherit" }', ""],
    effects: "restart",
    drift: edited('s/"inherit"/"disable"/'),
    shows: "jls -j $J sysvmsg",
    values: ["new", "inherit", "disable"],
  },
  {
    property: "parameters",
    kind: "file",
    declared: [
      'parameters: { "stop.timeout": 20 }',
      'parameters: { "stop.timeout": 30, "exec.poststop": "/usr/bin/true" }',
      "",
    ],
    effects: ["none", "same", "none"],
    shows: `sed -n 's/.*stop.timeout *= *"*\\([0-9]*\\).*/\\1/p' ${conf}`,
    values: ["20", "30", ""],
  },
  {
    property: "addresses",
    declared: [
      'addresses: [{ address: "10.20.1.1", interface: "vtnet0" }]',
      'addresses: [{ address: "10.20.1.1", interface: "vtnet0" }, { address: "10.20.1.2", interface: "vtnet0" }]',
      "",
    ],
    effects: ["live", "live", "restart"],
    drift: "jail -m name=$J ip4.addr=10.20.1.1",
    shows: "jls -j $J ip4.addr; ifconfig vtnet0 | grep -c 'inet 10.20.1'",
    values: ["10.20.1.1\n1", "10.20.1.1,10.20.1.2\n2", "-\n0"],
  },
  {
    property: "limits",
    declared: ["limits: { maxproc: 100 }", 'limits: { maxproc: 200, memoryuse: "1g" }', ""],
    effects: "live",
    drift: "rctl -r jail:$J; rctl -a jail:$J:maxproc:deny=7",
    shows: "rctl jail:$J | sort",
    values: [
      "jail:limits:maxproc:deny=100",
      "jail:limits:maxproc:deny=200\njail:limits:memoryuse:deny=1073741824",
      "",
    ],
  },
  {
    property: "cpuset",
    declared: ['cpuset: "0"', 'cpuset: "1"', ""],
    effects: "live",
    drift: "cpuset -l 0-1 -j $J",
    shows: "cpuset -g -j $J | sed -n 's/^jail .* mask: //p' | head -n 1",
    values: ["0", "1", "0, 1"],
  },
  {
    property: "autostart",
    declared: ["", "autostart: false", ""],
    effects: "none",
    drift: "sysrc jail_list+=$J",
    shows: "sysrc -n jail_list | grep -cw $J",
    values: ["1", "0", "1"],
  },
  {
    property: "running",
    declared: ["", "running: false", ""],
    effects: ["stop", "stop", "start"],
    drift: `jail -f ${conf} -c $J`,
    shows: "jls -q name | grep -x $J",
    values: ["running", "", "running"],
  },
  {
    property: "name",
    declared: ['name: "before"', 'name: "after"', ""],
    names: ["before", "after", "name"],
    effects: ["restart", "same", "restart"],
    shows: "jls -q name | grep -x -e before -e after -e name",
    values: ["before", "after", "name"],
  },
  hostRow("directory", "host: undefined"),
  hostRow("zfs", ""),
];
