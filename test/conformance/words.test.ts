import { expect, test } from "vitest";
import { wordsOf } from "./words.js";

test.each([
  ["jls -j web jid", ["jls", "-j", "web", "jid"]],
  ["stat -f '%N %Y' /tmp/a", ["stat", "-f", "%N %Y", "/tmp/a"]],
  ['sysrc jail_list="web db"', ["sysrc", "jail_list=web db"]],
  ["jail -e , -f /etc/x", ["jail", "-e", ",", "-f", "/etc/x"]],
  ["printf '' \"\"", ["printf", "", ""]],
])("%s has no need of a shell", (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});

test.each([
  ["an expansion", 'echo "$HOME"'],
  ["a substitution", "echo `id`"],
  ["a redirection", "echo x > /tmp/x"],
  ["a list", "true; false"],
  ["a pipeline", "true | false"],
  ["a pattern", "ls /tmp/*"],
  ["a home", "ls ~"],
  ["a comment", "true # not"],
  ["an escape", "echo a\\ b"],
  ["an assignment", "LC_ALL=C ls"],
  ["several lines", "ls\nls"],
  ["a builtin", "cd /tmp"],
  ["a builtin that is a tool, too", "time true"],
  ["an open quote", "echo 'a"],
  ["nothing", ""],
])("%s needs one", (_, line) => {
  expect(wordsOf(line)).toBeUndefined();
});
