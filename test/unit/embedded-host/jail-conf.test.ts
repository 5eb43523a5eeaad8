import { describe, expect, test } from "vitest";
import { ConfigError } from "../../embedded-host/programs/jails/jail/lexer.js";
import { parseJailConf } from "../../embedded-host/programs/jails/jail/parser.js";
import { printSpec } from "../../embedded-host/programs/jails/jail/print.js";
import {
  isWild,
  matchesWild,
  resolveJails,
} from "../../embedded-host/programs/jails/jail/resolve.js";

function jailsOf(text: string) {
  const warnings: string[] = [];
  const jails = resolveJails(parseJailConf(text, "test.conf"), (one) => warnings.push(one));
  return { warnings, jails, printed: jails.map((jail) => printSpec(jail, " ").trimEnd()) };
}

function syntaxError(text: string): string {
  try {
    parseJailConf(text, "test.conf");
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "no error";
}

describe("jail.conf", () => {
  test("reads parameters, lists, booleans and all comments", () => {
    const { printed } = jailsOf(`
      # owner: acme
      web { path = "/jails/web"; // more
        ip4.addr = "10.0.0.1/32", 10.0.0.2/32; /* a
        comment */ persist; exec.clean
        ; }`);
    expect(printed).toEqual([
      "name=web path=/jails/web ip4.addr=10.0.0.1/32,10.0.0.2/32 persist exec.clean",
    ]);
  });

  test("a name that is a number is a jid", () => {
    expect(jailsOf("123 { persist; }").jails[0]?.text("jid")).toBe("123");
  });

  test("puts variables into double quotes and bare words, never into single quotes", () => {
    const { jails } = jailsOf(`
      $base = "/jails";
      web { path = "$base/\${name}"; a = $base/x; b = '$base'; c = "\\$base"; }`);
    const web = jails[0];
    expect([web?.text("path"), web?.text("a"), web?.text("b"), web?.text("c")]).toEqual([
      "/jails/web",
      "/jails/x",
      "$base",
      "$base",
    ]);
  });

  test("tells of a missing variable and gives the jail up", () => {
    const { warnings, jails } = jailsOf('q { host.hostname = "$x"; }');
    expect(warnings).toEqual(['q: host.hostname: variable "x" not found']);
    expect(jails[0]?.failed).toBe(true);
  });

  test("tells of variables that need each other", () => {
    const { warnings } = jailsOf("$a = $b; $b = $a; q { path = $a; }");
    expect(warnings.join()).toContain("variable loop");
  });

  test("what stands later overrides, += adds, and the no form is the same parameter", () => {
    const { printed } = jailsOf(`
      allow.raw_sockets; exec.start = "one";
      web { exec.start += "two"; allow.noraw_sockets; mount.devfs; }
      mount.nodevfs;`);
    expect(printed).toEqual(["name=web allow.noraw_sockets exec.start=one,two mount.nodevfs"]);
  });

  test("refuses a second name", () => {
    expect(jailsOf('web { name = "db"; }').warnings).toEqual([
      'web: cannot redefine parameter "name".',
    ]);
  });

  test("understands escapes and quotes when it prints", () => {
    const { jails, printed } = jailsOf(
      'q { a = "x\\"y"; b = "two words"; c = ""; d = "\\x41\\102"; }',
    );
    expect(jails[0]?.text("a")).toBe('x"y');
    expect(printed).toEqual([`name=q a='x"y' b="two words" c="" d=AB`]);
  });

  test("names line and word of a syntax error", () => {
    expect(syntaxError('bad {\n path = "/";\n host.hostname = "x"\n persist;\n')).toBe(
      "test.conf line 4: persist: syntax error",
    );
    expect(syntaxError('q { path = "/;\n}')).toMatch(/^test.conf line 1: unterminated string/);
    expect(syntaxError("q {\n persist;\n")).toMatch(/syntax error$/);
  });

  test("an include is a parameter like any other before release 14", () => {
    const [jail] = parseJailConf('.include "/etc/jail.conf.d/*.conf";', "test.conf");
    expect(jail).toMatchObject({ name: "*", parameters: [{ name: ".include" }] });
  });

  test("an include brings the jails of other files where the release knows it", () => {
    const asked: string[] = [];
    const jails = parseJailConf(
      '.include "/d/*.conf"; own { persist; }',
      "test.conf",
      (patterns) => {
        asked.push(...patterns);
        return parseJailConf("other { persist; }", "other.conf");
      },
    );
    expect(asked).toEqual(["/d/*.conf"]);
    expect(jails.map((jail) => jail.name)).toEqual(["other", "own"]);
  });

  test("wildcards stand for components of a name", () => {
    expect(isWild("*") && isWild("a.*") && !isWild("a*")).toBe(true);
    expect(matchesWild("a.b", "a.*") && matchesWild("a.b", "*") && !matchesWild("a", "a.*")).toBe(
      true,
    );
  });
});
