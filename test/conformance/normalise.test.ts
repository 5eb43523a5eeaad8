import { expect, test } from "vitest";
import { applyRule, normalise, rules } from "./normalise.js";
import { commandOf } from "./replay.js";
import { readSession, releases, sessionNames } from "./transcripts.js";

const answers = releases.flatMap((release) =>
  sessionNames(release).flatMap((name) =>
    readSession(release, name).flatMap((step) => {
      const place = { session: name.slice(0, 2), command: commandOf(step) };
      return [step.stdout ?? "", step.stderr ?? ""].map((text) => ({ text, place }));
    }),
  ),
);

test.each(rules.map((rule) => [rule.why, rule] as const))("%s: some answer has it", (_, rule) => {
  // The rules before it have been applied then.
  const before = rules.slice(0, rules.indexOf(rule));
  const changes = answers.some(({ text, place }) => {
    const sofar = before.reduce((result, one) => applyRule(one, result, place), text);
    return applyRule(rule, sofar, place) !== sofar;
  });
  expect(changes).toBe(true);
});

test.each([
  ["an address", "ifconfig", "\tinet 10.0.0.1 netmask 0xff", "\tinet 10.0.0.2 netmask 0xff"],
  [
    "a given hardware address",
    "ifconfig epair7b",
    "\tether 02:00:00:00:07:0b",
    "\tether 02:00:00:00:07:0c",
  ],
  ["an option of a mount", "mount -p", "a\t/b\tnullfs\tro\t0 0", "a\t/b\tnullfs\trw\t0 0"],
  ["where a disk is mounted", "df", "/dev/md0 10 2 8 20% /a", "/dev/md0 10 2 8 20% /b"],
  [
    "a mode",
    "ls -l /x",
    "-rw-r--r--  1 root  wheel  3 Nov 21 05:33 f",
    "-rw-------  1 root  wheel  3 Nov 21 05:33 f",
  ],
  [
    "the size of a file",
    "ls -l /x",
    "-rw-r--r--  1 root  wheel  3 Nov 21 05:33 f",
    "-rw-r--r--  1 root  wheel  4 Nov 21 05:33 f",
  ],
  ["a number of a jail", "jls -j web jid", "1", "2"],
  ["that a dataset is empty", "zfs list -r tank", "tank/a     0B  5.27G", "tank/a    24K  5.27G"],
  ["a name of a dataset", "zfs list -Hp -o name,used", "tank/a\t123456", "tank/b\t123456"],
  ["a name of a process", "ps ax -o pid,comm", " 12 cron", " 12 sh"],
  ["a limit", "rctl jail:web", "jail:web:memoryuse:deny=1", "jail:web:memoryuse:deny=2"],
  ["a digest of a file", "sha256 -q /x", "a".repeat(64), "b".repeat(64)],
])("%s must not differ", (_, command, one, other) => {
  const place = { session: "08", command };
  expect(normalise(one, place)).not.toBe(normalise(other, place));
});
