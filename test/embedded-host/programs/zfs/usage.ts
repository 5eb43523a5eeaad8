import type { Release } from "../../contract.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { nativeProperties, type PropertyDefinition } from "../../kernel/zfs/properties.js";

/** Synopses of the subcommands that this host knows. */
const SYNOPSES: Record<string, readonly string[]> = {
  clone: ["clone [-p] [-o property=value] ... <snapshot> <filesystem|volume>"],
  create: [
    "create [-Pnpuv] [-o property=value] ... <filesystem>",
    "create [-Pnpsv] [-b blocksize] [-o property=value] ... -V <size> <volume>",
  ],
  destroy: [
    "destroy [-fnpRrv] <filesystem|volume>",
    "destroy [-dnpRrv] <filesystem|volume>@<snap>[%<snap>][,...]",
    "destroy <filesystem|volume>#<bookmark>",
  ],
  diff: ["diff [-FHt] <snapshot> [snapshot|filesystem]"],
  get: [
    'get [-rHp] [-d max] [-o "all" | field[,...]]\n\t    [-t type[,...]] [-s source[,...]]\n' +
      '\t    <"all" | property[,...]> [filesystem|volume|snapshot|bookmark] ...',
  ],
  inherit: ["inherit [-rS] <property> <filesystem|volume|snapshot> ..."],
  list: [
    "list [-Hp] [-r|-d max] [-o property[,...]] [-s property]...\n" +
      "\t    [-S property]... [-t type[,...]] [filesystem|volume|snapshot] ...",
  ],
  mount: ["mount", "mount [-flvO] [-o opts] <-a | filesystem>"],
  promote: ["promote <clone-filesystem>"],
  receive: [
    "receive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ...\n" +
      "\t    <filesystem|volume|snapshot>",
    "receive [-vMnsFhu] [-o <property>=<value>] ... [-x <property>] ... \n" +
      "\t    [-d | -e] <filesystem>",
    "receive -A <filesystem|volume>",
  ],
  rename: [
    "rename [-f] <filesystem|volume|snapshot> <filesystem|volume|snapshot>",
    "rename -p [-f] <filesystem|volume> <filesystem|volume>",
    "rename -u [-f] <filesystem> <filesystem>",
    "rename -r <snapshot> <snapshot>",
  ],
  rollback: ["rollback [-rRf] <snapshot>"],
  send: [
    "send [-DnPpRvLecwhb] [-[i|I] snapshot] <snapshot>",
    "send [-DnvPLecw] [-i snapshot|bookmark] <filesystem|volume|snapshot>",
    "send [-nvPe] -t <receive_resume_token>",
  ],
  set: ["set <property=value> ... <filesystem|volume|snapshot> ..."],
  snapshot: ["snapshot [-r] [-o property=value] ... <filesystem|volume>@<snap> ..."],
  unmount: ["unmount [-fu] <-a | filesystem|mountpoint>"],
};

const WITH_PROPERTIES = new Set(["set", "get", "inherit", "list"]);

/** What a wrong command line of a subcommand ends with: a reason, then how it is used; status 2. */
export function usageError(release: Release, command: string, reason?: string): ZfsError {
  const before = reason === undefined ? "" : `${reason}\n`;
  const synopsis = (SYNOPSES[command] ?? []).map((line) => `\t${line}\n`).join("");
  const after = WITH_PROPERTIES.has(command) ? propertyList(release) : pointers(release);
  return new ZfsError(`${before}usage:\n${synopsis}${after}`.trimEnd(), 2);
}

function pointers(release: Release): string {
  const help = "\nFor further help on a command or topic, run: zfs help [<topic>]\n";
  return (
    "\nFor the property list, run: zfs set|get\n" +
    "\nFor the delegated permission list, run: zfs allow|unallow\n" +
    (release === "13.2-RELEASE" ? "" : help)
  );
}

function propertyList(release: Release): string {
  const width = release === "13.2-RELEASE" ? 14 : 21;
  const title = `\n\t${"PROPERTY".padEnd(width)} EDIT  INHERIT   VALUES\n\n`;
  const lines = nativeProperties(release)
    .map((one) => describe(one, width + 1))
    .sort();
  return `\nThe following properties are supported:\n${title}${lines.join("")}`;
}

function describe(property: PropertyDefinition, width: number): string {
  const edit = property.access === "readonly" ? " NO " : "YES ";
  const inherit = property.access === "inherit" ? "YES " : " NO ";
  const values = property.help ?? (property.kind === "size" ? "<size>" : `<${property.name}>`);
  return `\t${property.name.padEnd(width)} ${edit}     ${inherit}  ${values}\n`;
}

/** What `zfs` with an unknown or no subcommand writes: every synopsis; status 2. */
export function generalUsage(reason: string): string {
  const all = Object.values(SYNOPSES).flatMap((lines) => lines.map((line) => `\t${line}\n`));
  return (
    `${reason}\nusage: zfs command args ...\nwhere 'command' is one of the following:\n\n` +
    `${all.join("")}\nEach dataset is of the form: pool/[dataset/]*dataset[@name]\n`
  );
}
