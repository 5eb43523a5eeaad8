import { expect, it } from "vitest";
import { combinationsOf, transcriptCombinations } from "./combinations.js";
import { combinationsIn } from "./combinations-forms.js";
import { commandsIn, MANY, UNKNOWN } from "./combinations-shell.js";
import { isBacked, sentForms } from "./coverage.js";

const forms: [line: string, ...forms: string[]][] = [
  ["jail -f /etc/jail.conf.d/web.conf -r web", "jail -f -r"],
  ["jail -m name=web allow.raw_sockets=1", "jail -m name=value"],
  ["zfs list -Hp -o name,origin -d 0 tank/a tank/b", "zfs list -H -d -o -p"],
  ["zfs list -H -t snapshot -o name tank/a", "zfs list -H -o -t snapshot"],
  ["zfs create -o mountpoint=/a -o compression=on tank/a", "zfs create -o"],
  ["ifconfig vtnet0 inet 10.0.0.1/32 alias", "ifconfig inet alias"],
  ["ifconfig -f inet:cidr,inet6:cidr -a", "ifconfig -a -f"],
  ["sysrc -n jail_list", "sysrc -n"],
  ["sysrc jail_list+=web", "sysrc name+=value"],
  ["sysrc jail_list-=web", "sysrc name-=value"],
  ["sysrc jail_enable=YES", "sysrc name=value"],
  ["ln -sfh target /a", "ln -f -h -s"],
  ["tar -xpf - -C /a", "tar -C -f -p -x"],
  ["mount -t nullfs -o ro /a /b", "mount -o -t nullfs"],
  ["jls --libxo json -n -j web", "jls --libxo -j -n"],
  ["netstat -rn -f inet", "netstat -f -n -r"],
  ["service web onestart", "service onestart"],
  ["pw -R /a useradd -n app -u 2001", "pw -R useradd -n -u"],
  ["/bin/rm -f -- -r", "rm -f"],
  ["head -3", "head -n"],
  ["set -C", "set -C"],
  ["set -o pipefail", "set -o pipefail"],
  ["test -d /a", "[ -d"],
  ["[ ! -L = ]", "[ -L"],
  ["[ -n = -n ]", "[ ="],
  ["find /a -maxdepth 1 -type l -exec stat -f %N {} +", "find -exec -maxdepth -type", "stat -f"],
  ["lockf -k -t 60 /a lockf -k -t 60 /b sysrc -x c", "lockf -k -t", "lockf -k -t", "sysrc -x"],
  ["timeout -k 5 30 jexec web /bin/rm -f /a", "timeout -k", "jexec", "rm -f"],
  [
    "jexec web sh -c 'umask 077; cat >a && mv -f a b' sh x",
    "jexec",
    "sh -c",
    "umask",
    "cat",
    "mv -f",
  ],
  ["env A=b pkg -j web info", "env", "pkg -j info"],
  ["command -v diff3", "command -v"],
  ["exec doas -n /bin/sh", "exec", "doas -n", "sh"],
];

it.each(forms)("%s", (line, ...expected) => {
  const [command] = commandsIn(line);
  expect(combinationsOf(command?.argv ?? [])).toEqual(expected);
});

it("finds the commands of a text wherever a shell would", () => {
  const text = `a() { rm -f "$1"; }
  if [ -d /a ]; then mkdir -p /b; else exit 1; fi
  x=$(uname -r) || echo "\${y:-$(id -u)}"; (cd -P / && ls -A) | while read -r p; do :; done >"$(pwd)"`;
  expect(combinationsIn(text).sort()).toEqual(
    ":,[ -d,cd -P,echo,exit,id -u,ls -A,mkdir -p,pwd,read -r,rm -f,uname -r".split(","),
  );
});

it("tells what runs for certain", () => {
  const runs = (text: string) =>
    commandsIn(text).map(({ argv, runs: when }) => `${argv[0]} ${when}`);
  expect(runs("a && b || c; d | e")).toEqual([
    "a always",
    "b success",
    "c perhaps",
    "d always",
    "e always",
  ]);
  expect(runs("a && (b; if c; then d; fi)")).toEqual([
    "a always",
    "b success",
    "c success",
    "d perhaps",
  ]);
  expect(runs("f() { a; }")).toEqual(["a perhaps"]);
});

it("does not guess a tool that only the shell knows", () => {
  expect(combinationsOf([UNKNOWN, "-x"])).toEqual([]);
});

it("takes calls of a text's own functions for no tools", () => {
  expect(combinationsIn('f() { rm -f "$1"; }\nf a; ls -A b')).toEqual(["rm -f", "ls -A"]);
  // What stands for unknown text may define more of them.
  expect(combinationsOf(["sh", "-c", `${UNKNOWN}\ng "$@"; ls -A b`])).toEqual(["sh -c", "ls -A"]);
  expect(combinationsOf(["freebsd-update", "-b", "/a", UNKNOWN])).toEqual(["freebsd-update -b"]);
});

it("knows which steps of the transcripts show a form", () => {
  const evidence = transcriptCombinations().get("jail -c -f") ?? [];
  expect(
    evidence.some(({ session, status }) => session === "04-jail-lifecycle" && status === 0),
  ).toBe(true);
  expect(isBacked("jail -c -f")).toBe(true);
  // Only 15.1 has it; and it failed.
  expect(
    transcriptCombinations()
      .get("jail -C")
      ?.map(({ release }) => release),
  ).toEqual(["15.1-RELEASE-p1"]);
  expect(isBacked("jail -C")).toBe(false);
  expect(isBacked("doas -n")).toBe(false);
});

it("counts the builtins of shell functions, and programs that were not seen to run", () => {
  const record = {
    file: "a.test.ts",
    ran: [["zfs create -o", "zfs create -o a=b tank/a"]] as const,
    functions: [
      [
        "f",
        [
          ["zfs", "create", UNKNOWN + MANY],
          ["g", "x"],
          ["shift"],
          ["chflags", "-R", "0", UNKNOWN],
          ["zfs", "create", UNKNOWN],
        ],
      ],
      ["g", [["zfs", "destroy", "-r", UNKNOWN]]],
    ] as const,
  };
  const without = new Set(sentForms([]).keys());
  const added = [...sentForms([record]).keys()].filter((form) => !without.has(form));
  expect(added).toEqual(["zfs create -o", "shift", "chflags -R", "zfs create", "zfs destroy -r"]);
});
