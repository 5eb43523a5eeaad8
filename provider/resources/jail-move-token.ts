/** Which run a move is of: one that slept while another one went on with it must do nothing to either copy. */
import { act, type Command, shellFunction } from "../freebsd/command.js";
import { tokenLink } from "./jail-move-picture.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { Refused } from "./resource.js";

const anotherRun = "another run took this move over";

/** A run that slept while another one moved the jail must not take it back. */
export const stillOurs = (t: JailTarget, token: string): Command =>
  act(["still_ours", tokenLink(t), token], {
    shellFunction: stillOursFunction,
    title: "see whether the move is this run's",
  });

const stillOursFunction = shellFunction(
  "still_ours",
  `[ "$(readlink "$1")" = "$2" ] || { echo "${anotherRun}" >&2; return 1; }`,
);

/** Makes the attempt this run's on the other machine, too, unless another run did since it was looked at. */
export const takeOver = (t: JailTarget, observed: JailObserved, token: string): Command =>
  act(["take_over", tokenLink(t), observed.move.token ?? "", token], {
    shellFunction: takeOverFunction,
    title: "take the move over",
  });

const takeOverFunction = shellFunction(
  "take_over",
  `case $(readlink "$1") in "$2"|"$3") ;; *) echo "${anotherRun}" >&2; return 1;; esac
  ln -sfh "$3" "$1"`,
);

/** Refuses what a run may not touch on the other machine: what another one brought there, or is bringing. */
export function refuseAnotherRun({ move, root }: JailObserved, token: string): void {
  if (move.token === undefined ? root : move.token !== token) throw new Refused(anotherRun);
}
