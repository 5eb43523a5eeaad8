/** Giving up a template that nobody uses any more: the last jail or kept tree of it takes it away. */
import { dropBaseImageFunction, dropBaseImageWords } from "./base-image.js";
import { act, type Command, type ShellFunction, shellFunction } from "./command.js";
import { removeTreeFunction } from "./files.js";
import { marksDirectory, mediaDirectory, place, type Storage, usersDirectory } from "./layout.js";

/**
 * Removes a template of ours when nobody uses it: no stack, no jail, no kept tree. Under its lock, or not at all: who
 * holds that makes it, or uses it. A clone or a mount that no link speaks of keeps it.
 */
export function dropTemplate(storage: Storage, template: string): Command {
  const { path, deleted, dataset } = place(storage, "templates", template);
  // A release of FreeBSD, or a distribution of Linux.
  const family = /^(\d+\.\d+-[A-Z0-9]+|[a-z]+)(?=-)/.exec(template)?.[0] ?? template;
  const users = usersDirectory(storage, template);
  const mark = `${marksDirectory(storage)}/template.${template}`;
  const lock = `/var/run/pulumi-freebsd/template.${template}`;
  const media = mediaDirectory(storage);
  const image = dropBaseImageWords(storage, template);
  const words = [users, mark, path, deleted, dataset ?? "", media, family, ...image];
  return act(["drop_template", lock, ...words], {
    shellFunction: dropTemplateFunction,
    deadline: 600,
    title: `remove the template ${template} if nobody uses it`,
  });
}

// Only names that we give to archives end with a digest.
const dropUnused: ShellFunction = shellFunction(
  "drop_unused",
  `[ ! -e "$1" ] && [ -L "$2" ] || return 0
  [ -n "$5" ] || ! [ -d "$3" ] || refuse_mounted "$3" 2>/dev/null || return 0
  drop_base_image "$8" "$9" "\${10}" 2>/dev/null || return 0
  if [ -n "$5" ]; then
    zfs list -H -t snapshot -o name -d 1 "$5" 2>/dev/null | while read -r s; do zfs destroy "$s" 2>/dev/null; done
    zfs destroy "$5" 2>/dev/null || ! zfs list -H -o name "$5" >/dev/null 2>&1 || return 0
  else
    if [ -d "$3" ]; then remove_tree "$4" && mv "$3" "$4" || return; fi
    remove_tree "$4" || return
  fi
  rm -f "$2"
  d=\${3%/*}; for f in "$d/$7"-*; do [ ! -e "$f" ] || return 0; done
  h=[0-9a-f][0-9a-f][0-9a-f][0-9a-f]; h=$h$h$h$h; rm -f "$6/$7"-*-$h.txz`,
  [removeTreeFunction, dropBaseImageFunction],
);

/** lockf(1) runs a program: what that is to do goes with it as text. */
const quoteText = (definition: ShellFunction): string =>
  `'${[...definitions(definition)].join("\n").replaceAll("'", "'\\''")}'`;

/** Each text once, whoever needs it. */
function definitions({ text, needs = [] }: ShellFunction): Set<string> {
  return new Set([...needs.flatMap((each) => [...definitions(each)]), text]);
}

const dropTemplateFunction = shellFunction(
  "drop_template",
  `l=$1 t=${quoteText(dropUnused)}; shift
  rmdir "$1" 2>/dev/null; [ ! -e "$1" ] && [ -L "$2" ] || return 0
  lockf -k -t 0 "$l" /bin/sh -c "$t
  drop_unused \\"\\$@\\"" sh "$@"; s=$?
  [ "$s" -eq 75 ] || return "$s"`,
);
