/**
 * Three versions of a text made one, from what diff3(1) lists. Its own -m is not used: until 2024, so in 13.2 too, it
 * leaves out lines of the first file behind lines that the third one adds, and succeeds (transcript 16 shows where it
 * does not; usr.bin/diff3/diff3.c of version 20220517).
 */
import { shellFunction } from "./command.js";

/** The status that says: a conflict. Any other but 0 is a failure. */
export const conflict = 3;

/**
 * Prints the merge of $1, the jail's text, with what $3, the new base's, changed against $2, the old base's. Conflicts
 * are marked. The files are copies: a last line without an end gets one, or diff3 would write its next line behind it.
 */
// Ranges are those of $1 and $3 in a part that only $3 changed (====3), or that both did (====): "4,7c", "4c", or "4a"
// for none behind line 4. Lines of text are indented, so that none of them looks like a range.
export const mergeText = shellFunction(
  "merge_text",
  `for f; do [ -z "$(tail -c 1 "$f")" ] || echo >>"$f" || return; done
  set -o pipefail
  diff3 "$1" "$2" "$3" | {
    at=1 k= s=0
    while IFS= read -r l; do
      case $l in ====*) k=$l; continue;; [13]:*) ;; *) continue;; esac
      r=\${l#?:}; r=\${r%[ac]}; f=\${r%,*} t=\${r#*,}
      case $l in *a) f=$((f + 1));; esac
      case "$k $l" in
      "====3 1:"*) put_lines "$1" "$at" "$((f - 1))" && at=$((t + 1));;
      "====3 3:"*) put_lines "$3" "$f" "$t";;
      "==== 1:"*) put_lines "$1" "$at" "$((f - 1))" && echo "<<<<<<< jail" && put_lines "$1" "$f" "$t" && echo ======= && at=$((t + 1));;
      "==== 3:"*) put_lines "$3" "$f" "$t" && echo ">>>>>>> new" && s=${conflict};;
      esac || exit
    done
    sed -n "$at,\\$p" "$1" && exit "$s"
  }`,
  [shellFunction("put_lines", `[ "$2" -gt "$3" ] || sed -n "$2,$3p" "$1"`)],
);
