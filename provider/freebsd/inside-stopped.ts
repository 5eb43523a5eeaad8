/** Files of a jail in which nothing can be relied on: they are looked at from the host, while it does not run. */
import { type Command, look, shellFunction } from "./command.js";
import { enter, fileState, type Inside, isRunning } from "./inside.js";

/** As `readInside`; nothing while the jail runs. */
export const readStopped = ({ jail, root }: Inside, paths: readonly string[]): Command =>
  look(["read_stopped", jail, root, ...paths], { shellFunction: readStoppedFunction });

const readStoppedFunction = shellFunction(
  "read_stopped",
  `j=$1 R=$2; shift 2
  is_running "$j" || for f; do (enter "$R" "\${f%/*}" keep 2>/dev/null && b=./\${f##*/} && ${fileState}); done
  echo "end 0"`,
  [isRunning, enter],
);
