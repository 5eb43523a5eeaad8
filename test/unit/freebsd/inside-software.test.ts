/** What a running jail tells of its packages and services, and what it may not do by that. */
import { afterEach, describe, expect, it } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import {
  installPackages,
  leavePackages,
  packageName,
  parsePackages,
  readPackages,
  removePackages,
} from "../../../provider/freebsd/inside-packages.js";
import {
  parseServices,
  putService,
  readServices,
} from "../../../provider/freebsd/inside-services.js";
import { compareVersions } from "../../../provider/freebsd/package-version.js";
import { quoteWords } from "../../../provider/host/quote.js";
import { defineFunctions } from "../../../provider/host/script.js";
import { planPackages } from "../../../provider/resources/jail-packages.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { offerPorts } from "../../embedded-host/kernel/packages.js";
import { ok } from "../embedded-host/zfs-machine.js";
import { printed } from "./damage.js";

describe("versions", () => {
  it("are in pkg's order", () => {
    const order = "1.0alpha2 1.0rc1 1.0 1.0_1 1.0a 1.0.1 1.9 1.10 2 20250101 1.0,1 0.9_3,2";
    const versions = order.split(" ");
    versions.forEach((a, i) => {
      versions.forEach((b, j) => {
        expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(i - j));
      });
    });
  });

  it("that are newer than what is offered are the newest: pkg goes back to none", () => {
    const inputs = { name: "web", packages: { jq: "latest" } };
    const plan = (...offers: string[]) =>
      planPackages({ inputs } as unknown as JailTarget, {
        ...{ installed: new Map([["jq", "1.8"]]), automatic: new Set<string>() },
        offered: new Map([["jq", offers]]),
      }).length;
    expect([plan("1.7"), plan(), plan("1.9"), plan("1.7", "1.9"), plan("1.8", "1.9")]).toEqual([
      ...[0, 0, 1, 1, 0],
    ]);
  });
});

describe("answers", () => {
  it("of packages are read by name; what has another form is left out", () => {
    const text = [
      "have nginx 1.26.2,3 0",
      "have pcre2 10.43 1",
      "have ../../etc 1 0",
      "have a",
      "offer nginx 1.28.0,3",
      "\u001b[2Jrubbish",
      "end 0\n",
    ].join("\n");
    const { installed, automatic, offered, fault } = parsePackages(printed(text))!;
    expect([...installed]).toEqual([
      ["nginx", "1.26.2,3"],
      ["pcre2", "10.43"],
    ]);
    expect([...automatic]).toEqual(["pcre2"]);
    expect([...offered]).toEqual([["nginx", ["1.28.0,3"]]]);
    expect(fault).toBeUndefined();
  });

  it("that did not come to their end say nothing", () => {
    for (const text of [
      "have nginx 1.0 0\n",
      "have nginx 1.0 0\nend 124\n",
      "",
      "end 0",
      "have ngi",
    ]) {
      const { installed, fault } = parsePackages(printed(text))!;
      expect(installed.size).toBe(0);
      expect(fault).toMatch(/status 124|cut off/);
      expect(parseServices(printed(text))!.fault).toBeDefined();
    }
    expect(parsePackages(printed("stopped\n"))).toBeUndefined();
    expect(parseServices(printed("stopped\n"))).toBeUndefined();
  });

  it("of services are read with their variables", () => {
    const text =
      "service nginx yes no\nservice x maybe no\nnginx_flags: -q: a\nchanged\nnginx_flags\n$(id)\nend 0\n";
    const { services, variables, changed } = parseServices(printed(text))!;
    expect([...services]).toEqual([["nginx", { enabled: true, running: false }]]);
    expect([...variables]).toEqual([["nginx_flags", "-q: a"]]);
    expect([...changed]).toEqual(["nginx_flags"]);
  });

  it("names are no options, patterns or paths", () => {
    for (const bad of ["-y", "a b", "*", "www/nginx", "a;b", "", "$(id)", "a\n"]) {
      expect(packageName.test(bad)).toBe(false);
    }
    expect(packageName.test("p5-Foo_Bar+x.1")).toBe(true);
  });
});

describe("in a jail", () => {
  let host: EmbeddedConsole | undefined;

  afterEach(() => {
    expect(host?.kernel.defects ?? []).toEqual([]);
    host?.stop();
    host = undefined;
  });

  const run = (console: EmbeddedConsole, command: Command) =>
    console.run(`${defineFunctions([command])}(${quoteWords(command.argv)})`);

  const manifest = (version: string, deps: string[] = []) => JSON.stringify({ version, deps });
  const portsOf = (version: string) => ({
    jq: { "+MANIFEST": manifest(version, ["oniguruma"]), "/usr/local/bin/jq": "jq" },
    oniguruma: { "+MANIFEST": manifest("6.9"), "/usr/local/lib/libonig.so": "onig" },
    tool: { "/usr/local/bin/tool": "tool" },
  });

  async function start() {
    const console = createConsole({ speed: 50 });
    host = console;
    offerPorts(console.machine, portsOf("1.7"));
    await ok(console, "jail -c name=web path=/ persist");
    return console;
  }

  const installed = async (console: EmbeddedConsole, latest: string[] = []) =>
    parsePackages(await run(console, readPackages("web", latest)))!;

  it("packages are installed, brought to the newest, given up and removed", async () => {
    const console = await start();
    expect((await installed(console)).installed.size).toBe(0);
    const missing = await run(console, installPackages("web", ["nosuch"]));
    expect(missing.status).not.toBe(0);
    expect(missing.stderr).toContain("nosuch");
    expect((await run(console, installPackages("web", ["jq-1.7", "tool"]))).status).toBe(0);
    expect([...(await installed(console)).installed.keys()]).toEqual([
      "jq",
      "oniguruma",
      "pkg",
      "tool",
    ]);
    expect([...(await installed(console)).automatic]).toEqual(["oniguruma"]);

    offerPorts(console.machine, portsOf("1.8"));
    expect((await installed(console, ["jq"])).offered.get("jq")).toEqual(["1.7"]);
    expect((await run(console, installPackages("web", ["jq"]))).status).toBe(0);
    expect((await installed(console)).installed.get("jq")).toBe("1.7");
    expect((await run(console, installPackages("web", [], ["jq"]))).status).toBe(0);
    expect((await installed(console, ["jq"])).offered.get("jq")).toEqual(["1.8"]);
    expect((await installed(console)).installed.get("jq")).toBe("1.8");

    const needed = await run(console, removePackages("web", ["oniguruma"]));
    expect(needed).toMatchObject({ status: 1, stderr: expect.stringContaining("needed by jq") });
    expect((await run(console, leavePackages("web", ["oniguruma", "tool", "nosuch"]))).status).toBe(
      0,
    );
    expect([...(await installed(console)).installed.keys()]).toEqual(["jq", "oniguruma", "pkg"]);
    expect((await run(console, removePackages("web", ["jq", "oniguruma"]))).status).toBe(0);
    expect([...(await installed(console)).installed.keys()]).toEqual(["pkg"]);
  });

  it("services are enabled, started with their variables, restarted when one changes, and stopped", async () => {
    const console = await start();
    const read = async () =>
      parseServices(
        await run(console, readServices("web", ["sshd", "nosuch"], ["sshd_flags"], true)),
      )!;
    const order = { name: "sshd", enabled: true, running: true } as const;
    const put = (variables: Record<string, string | undefined>, more = {}) =>
      run(console, putService("web", { ...order, variables, ...more }));
    expect(await put({ sshd_flags: "-4 -q" })).toMatchObject({ status: 0, stderr: "" });
    expect((await read()).services.get("sshd")).toEqual({ enabled: true, running: true });
    expect((await read()).services.get("nosuch")).toEqual({ enabled: false, running: false });
    expect((await read()).variables.get("sshd_flags")).toBe("-4 -q");
    const pid = async () => (await console.run("jexec web service sshd onestatus")).stdout;
    const first = await pid();
    expect((await put({ sshd_flags: "-4 -q" })).status).toBe(0);
    expect(await pid()).toBe(first);
    expect((await put({ sshd_flags: "-6" })).status).toBe(0);
    expect(await pid()).not.toBe(first);
    const off = { enabled: false, running: false };
    expect((await put({ sshd_flags: undefined }, off)).status).toBe(0);
    expect((await read()).services.get("sshd")).toEqual(off);
    expect((await read()).changed.has("sshd_flags")).toBe(false);
    // One that is not there, and no script has a default for.
    expect((await put({ sshd_nosuch: undefined }, off)).status).toBe(0);
    const none = await put({}, { name: "nosuch" });
    expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining("does not exist") });
  });
});
