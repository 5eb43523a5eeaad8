/**
 * A jail's name on its host: everything that is called by it, renamed one by one. A link, the journal, is there while
 * that is done. Each step looks whether there is something left to do, so that it can be done again, or the other way
 * round. Nothing is done without the journal, nor when the new name turned out to be somebody else's.
 */
import { act, type Command, shellFunction } from "./command.js";
import { unmountDeviceFunction } from "./device.js";
import { renameFunction } from "./files.js";
import { isRunning } from "./inside.js";
import { detachImageFunction } from "./memory-disk.js";
import { renameRetry, stopByFile } from "./upgrade.js";

/** The journal, and the link that must have the same target: that by which a name is claimed. */
export interface Journal {
  readonly link: string;
  readonly claim: string;
}

const isRenaming = shellFunction(
  "is_renaming",
  `[ -L "$1" ] && [ "$(readlink "$1")" = "$(readlink "$2")" ]`,
);

/** Where the things are that have a jail's name. */
export interface NamedPlaces {
  readonly containers: string;
  readonly state: string;
  /** The dataset of `containers`. */
  readonly dataset?: string | undefined;
}

/** Renames the jail's trees, images and links; not its configuration, which is written anew. */
export const renameJail = (
  { link, claim }: Journal,
  { containers, state, dataset }: NamedPlaces,
  from: string,
  to: string,
): Command =>
  act(["rename_jail", link, claim, containers, state, dataset ?? "", from, to], {
    shellFunction: renameJailFunction,
    deadline: 600,
    title: `rename jail ${from} to ${to}`,
  });

const renameKnown = shellFunction(
  "rename_known",
  `[ -e "$1" ] || [ -L "$1" ] || return 0
  rename "$1" "$2"`,
  [renameFunction],
);

/** The jail's dataset, and those of its kept trees. Other names below are other jails'. */
const renameDatasets = shellFunction(
  "rename_datasets",
  `l=$(zfs list -H -t filesystem,volume -o name -d 1 "$1") || return
  for n in $l; do
    case $n in "$1/$2"|"$1/$2".[0-9]*) rename_retry "$n" "$1/$3\${n#"$1/$2"}" || return;; esac
  done`,
  [renameRetry],
);

const renameJailFunction = shellFunction(
  "rename_jail",
  `is_renaming "$1" "$2" || return 0
  c=$3 s=$4 a=$6 b=$7
  [ -z "$5" ] || rename_datasets "$5" "$a" "$b" || return
  for p in "$c/$a" "$c/$a.img" "$c/$a.recorded" "$c/$a.recorded.files" "$c/$a.merged" "$c/$a".[0-9]*; do
    rename_known "$p" "$c/$b\${p#"$c/$a"}" || return
  done
  for k in tree kept layers ran generation moving; do
    for p in "$s/marks/$k.$a" "$s/marks/$k.$a".*; do
      rename_known "$p" "$s/marks/$k.$b\${p#"$s/marks/$k.$a"}" || return
    done
  done
  rename_known "$s/layers.$a" "$s/layers.$b" && rename_known "$s/$a.upgraded" "$s/$b.upgraded" &&
    rename_known "/var/log/jail_console_$a.log" "/var/log/jail_console_$b.log"`,
  [isRenaming, renameDatasets, renameKnown],
);

/** Stops a jail that was started under its new name. */
export const stopRenamed = ({ link, claim }: Journal, file: string, name: string): Command =>
  act(["stop_renamed", link, claim, file, name], {
    shellFunction: stopRenamedFunction,
    detached: true,
    deadline: 600,
    title: `stop jail ${name}`,
  });

const stopRenamedFunction = shellFunction(
  "stop_renamed",
  `! is_renaming "$1" "$2" || stop_by_file "$3" "$4"`,
  [isRenaming, stopByFile],
);

/** A device that a jail's own part is on. */
export interface OwnDevice {
  readonly device: string;
  readonly directory: string;
  /** The file that it shows, and its unit. */
  readonly image?: { readonly file: string; readonly disk: string } | undefined;
}

/** Takes the device out of the directories of a jail that does not run. */
export const releaseRenamed = (
  { link, claim }: Journal,
  name: string,
  { device, directory, image }: OwnDevice,
): Command => {
  const unit = image?.disk.replace(/^md/, "") ?? "";
  return act(["release_renamed", link, claim, name, device, directory, image?.file ?? "", unit], {
    shellFunction: releaseRenamedFunction,
    title: `unmount ${directory}`,
  });
};

const releaseRenamedFunction = shellFunction(
  "release_renamed",
  `is_renaming "$1" "$2" && ! is_running "$3" || return 0
  unmount_device "$4" "$5" 30 || return
  [ -z "$6" ] || detach_image "$6" "$7"`,
  [isRenaming, isRunning, unmountDeviceFunction, detachImageFunction],
);

/** Starts a jail again that has its old name, if its configuration is there still. */
export const startRenamed = ({ link, claim }: Journal, file: string, name: string): Command =>
  act(["start_renamed", link, claim, file, name], {
    shellFunction: startRenamedFunction,
    detached: true,
    deadline: 600,
    title: `start jail ${name} again`,
  });

const startRenamedFunction = shellFunction(
  "start_renamed",
  `is_renaming "$1" "$2" && [ -f "$3" ] && ! is_running "$4" || return 0
  jail -f "$3" -c "$4"`,
  [isRenaming, isRunning],
);

/** Removes files of the name that the claim is for. */
export const dropRenamed = ({ link, claim }: Journal, files: readonly string[]): Command =>
  act(["drop_renamed", link, claim, ...files], { shellFunction: dropRenamedFunction });

const dropRenamedFunction = shellFunction(
  "drop_renamed",
  `is_renaming "$1" "$2" || return 0
  shift 2; rm -f "$@"`,
  [isRenaming],
);

/** Gives up the claim, and the journal after it. */
export const endRename = ({ link, claim }: Journal): Command =>
  act(["end_rename", link, claim], { shellFunction: endRenameFunction });

const endRenameFunction = shellFunction(
  "end_rename",
  `! is_renaming "$1" "$2" || rm -f "$2" || return
  rm -f "$1"`,
  [isRenaming],
);
