/** How a jail stops being one machine's and becomes another's: pure. */
import { act, type Command, shellFunction } from "../freebsd/command.js";
import { removeFile, replaceLink } from "../freebsd/files.js";
import { isRunning } from "../freebsd/inside.js";
import { confFile } from "../freebsd/layout.js";
import { removeFromJailList } from "../freebsd/sysrc.js";
import { formatGeneration, type Generation, generationLink } from "./jail-move-picture.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { planStop, planSweep } from "./jail-stop.js";

/** Stops the jail, and takes away what would start it: at boot, or by hand. */
export function disable(t: JailTarget, observed: JailObserved): Command[] {
  const { name } = t.inputs;
  return [
    ...(observed.running === undefined ? planSweep(t, observed) : planStop(t, observed)),
    ...(observed.boot.list.includes(name) ? [removeFromJailList(name)] : []),
    removeFile(confFile(name)),
  ];
}

/** The moment at which the jail becomes the other machine's: one link, and only when nothing could start it here. */
export const handOver = (t: JailTarget, moved: Generation): Command =>
  act(
    [
      "hand_over",
      formatGeneration(moved),
      generationLink(t),
      t.inputs.name,
      confFile(t.inputs.name),
    ],
    {
      shellFunction: handOverFunction,
      title: `hand jail ${t.inputs.name} over`,
    },
  );

const handOverFunction = shellFunction(
  "hand_over",
  `! is_running "$3" || { echo "jail $3 was started again" >&2; return 1; }
  [ ! -e "$4" ] || { echo "$4 was made again" >&2; return 1; }
  ln -sfh "$1" "$2"`,
  [isRunning],
);

/** The jail is this machine's again, as it was before generation `number`. */
export const takeBack = (t: JailTarget, machine: string, number: number): Command =>
  number === 0
    ? removeFile(generationLink(t))
    : replaceLink(formatGeneration({ state: "moved", machine, number }), generationLink(t));
