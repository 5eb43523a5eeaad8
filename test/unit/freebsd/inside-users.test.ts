/** What a jail tells of its users, its time zone and its repositories, and what of it counts. */
import { describe, expect, it } from "vitest";
import { runInside } from "../../../provider/freebsd/inside-commands.js";
import { parseZone } from "../../../provider/freebsd/inside-timezone.js";
import { digestOf, parseUsers, putUser } from "../../../provider/freebsd/inside-users.js";
import { repositoryFiles } from "../../../provider/resources/jail-repositories.js";
import { printed } from "./damage.js";

const digest = digestOf("*");
const app = `user:${digest}::app:2001:2001::0:0:App:/home/app:/bin/sh`;

describe("answers of users", () => {
  const parse = (...lines: string[]) => {
    const users = parseUsers(printed(`${lines.join("\n")}\n`), ["app", "other"]);
    if (users === undefined || "fault" in users) throw new Error("no answer");
    return users;
  };

  it("are read with their groups", () => {
    const users = parse(app, "group:www:*:80:app,x", "group:app:*:2001:", "end 0");
    expect([...users]).toEqual([
      [
        "app",
        {
          ...{ uid: 2001, comment: "App", home: "/home/app", shell: "/bin/sh" },
          ...{ password: digest, keys: undefined, groups: ["www"] },
        },
      ],
    ]);
  });

  it.each([
    ["of others", app.replace(":app:", ":root:")],
    ["with too little", app.replace(":/bin/sh", "")],
    ["with too much", `${app}:more`],
    ["with another number", app.replace("2001:", "x:")],
    ["with bytes that steer a terminal", `\u001b[2J${app}`],
  ])("%s say nothing", (_, line) => {
    expect(parse(line, "group:a b:*:1:app", "group:x", "end 0").size).toBe(0);
  });

  it("without an end are a fault, of a stopped jail none", () => {
    for (const text of [`${app}\n`, `${app}\nend 124\n`, `${app}\nend 0`])
      expect(parseUsers(printed(text), ["app"])).toHaveProperty("fault");
    expect(parseUsers(printed("stopped\n"), ["app"])).toBeUndefined();
  });
});

it("only a zone's name counts as one", () => {
  const parse = (text: string) => parseZone(printed(text));
  expect(parse("Europe/Berlin\nend 0\n")).toEqual({ name: "Europe/Berlin" });
  for (const text of ["", "../etc/passwd\n", "a\nb\n", "\u001b[2J\n", "Europe/\n"])
    expect(parse(`${text}end 0\n`)).toEqual({ name: undefined });
  expect(parse("end 124\n")).toHaveProperty("fault");
});

it("secrets are input, and no argument", () => {
  const environment = { TOKEN: "it's $HOME", A: "1" };
  const words = ["/bin/echo", "a 'b'", ""];
  const run = runInside({ jail: "web", name: "x", words, environment, timeout: 7 });
  expect(run.argv).toEqual(["run_command", "web", "7"]);
  expect(run.input).toBe(
    "{\nexport A='1'\nexport TOKEN='it'\\''s $HOME'\nexec '/bin/echo' 'a '\\''b'\\''' '' </dev/null\n}\n",
  );
  const password = "$6$salt$hash";
  const put = putUser("web", { name: "app", uid: 1, groups: ["a", "b"], leaves: [], password });
  expect(put.argv.slice(3)).toEqual(["app", "-m", "", "-u", "1", "-G", "a,b", "-H", "0"]);
  expect(put.input).toBe(`${password}\n`);
  expect([run.secrets, put.secrets]).toEqual([["it's $HOME", "1"], [password]]);
  expect(putUser("web", { name: "app", home: "/nonexistent", leaves: ["x"] }).argv[4]).toBe("");
});

it("repositories are files of pkg.conf(5)", () => {
  const url = "https://pkg.example.org/x";
  const given = {
    ...{ url, mirrorType: "srv" as const, signatureType: "fingerprints" as const },
    ...{ fingerprints: "/usr/share/keys/pkg", priority: -1, enabled: true },
  };
  const files = repositoryFiles({ own: given, FreeBSD: { enabled: false } });
  expect(files["/usr/local/etc/pkg/repos/own.conf"]?.content).toBe(
    `own: {\n  url: "${url}"\n  mirror_type: "srv"\n  signature_type: "fingerprints"\n` +
      '  fingerprints: "/usr/share/keys/pkg"\n  priority: -1\n  enabled: yes\n}\n',
  );
  expect(files["/usr/local/etc/pkg/repos/FreeBSD.conf"]?.content).toBe(
    "FreeBSD: {\n  enabled: no\n}\n",
  );
});
