/** echo: FreeBSD's knows -n and -e, and otherwise prints what it gets. */
import type { Speaker } from "../speaker.js";
import { unescapeForB } from "./printf.js";

export function echo(sh: Speaker, argv: readonly string[]): number {
  let words = argv.slice(1);
  let newline = "\n";
  let escapes = false;
  if (words[0] === "-n") {
    newline = "";
    words = words.slice(1);
  } else if (words[0] === "-e") {
    escapes = true;
    words = words.slice(1);
  }
  const text = words.join(" ");
  if (!escapes) {
    sh.write(text + newline);
    return 0;
  }
  const { text: unescaped, stop } = unescapeForB(text);
  sh.write(unescaped + (stop ? "" : newline));
  return 0;
}
