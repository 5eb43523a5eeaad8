/** Commands for a person: their text, and what a host makes of it. */
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runHere } from "../../../provider/host/here.js";
import { ownTerminal } from "../../../provider/host/local.js";
import { sshArguments } from "../../../provider/host/openssh.js";
import { parseHost } from "../../../provider/host/parse-host.js";
import { closeConnections } from "../../../provider/host/pool.js";
import { openTerminal, terminalCommand } from "../../../provider/host/terminal.js";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";

const odd = ["it's", 'a "b" $c `d` \\e', "!f", "g\nh", "ü%s", "*", ""] as const;

it("the text holds nothing that csh and sh read differently, and sh reads the words back", () => {
  const text = terminalCommand(["printf", "<%s>", ...odd]);
  expect(text).toMatch(/^exec \/bin\/sh -c '[^'!\n]*'$/);
  expect(execFileSync("/bin/sh", ["-c", text]).toString()).toBe(
    odd.map((word) => `<${word}>`).join(""),
  );
  expect(terminalCommand(["id"], "doas")).toMatch(/^exec doas -n \/bin\/sh -c '/);
});

it("the system's ssh asks for a terminal only when there is one", () => {
  const spec = parseHost({ host: "h.example.org", transport: "openssh" });
  const ask = (terminal: boolean) => sshArguments(spec, spec.endpoint!, undefined, "id", terminal);
  expect(ask(true)).toEqual(expect.arrayContaining(["-t", "RequestTTY=yes"]));
  expect(ask(false)).toEqual(expect.arrayContaining(["-T", "RequestTTY=no"]));
});

it("a program here has this process's terminal, and tells how it ended", async () => {
  const terminal = runHere("/bin/sh", ["-c", "exit 3"], {});
  expect(terminal.channel).toBeUndefined();
  expect(await terminal.exit).toEqual({ status: 3, cause: "ended with 3" });
  expect((await runHere("/nosuch", [], {}).exit).cause).toMatch(/ENOENT/);
  const sleeping = runHere("/bin/sleep", ["1000"], {});
  sleeping.destroy();
  expect(await sleeping.exit).toEqual({ cause: "ended by SIGHUP" });
});

describe("on this machine", () => {
  it("a command has a terminal of its own, in which nothing is typed for ours", () => {
    const command = terminalCommand(["id"]);
    expect(ownTerminal(command)).toEqual([
      "/usr/bin/script",
      ["-q", "/dev/null", "/bin/sh", "-c", command],
    ]);
  });

  it("without one it has pipes in a session of its own, and ends when we let go", async () => {
    const spec = parseHost({ transport: "local" }, { variables: {} });
    const asked = "cat; ps -o sid= -p $$; echo $$; exit 3";
    const terminal = await openTerminal(spec, ["/bin/sh", "-c", asked]);
    let shown = "";
    terminal.channel!.stdout.on("data", (data) => {
      shown += data;
    });
    terminal.channel!.stdin.end("typed\n");
    expect((await terminal.exit).status).toBe(3);
    const [typed, session, own] = shown.split("\n").map((line) => line.trim());
    expect([typed, session]).toEqual(["typed", own]);
    const sleeping = await openTerminal(spec, ["/bin/sleep", "1000"]);
    sleeping.destroy();
    expect((await sleeping.exit).cause).toMatch(/SIGHUP/);
    closeConnections();
  });
});

const releases = [
  ["13.2", { release: "13.2-RELEASE" as const }],
  ["15.1", {}],
] as const;

describe.each(releases)("on %s", (_, options) => {
  let host: EmbeddedHost;
  beforeEach(async () => {
    host = await startEmbeddedHost(options);
  });
  afterEach(async () => {
    closeConnections();
    await host.stop();
    expect(host.defects).toEqual([]);
  });
  const spec = () => {
    const { port, privateKey, hostKey } = host;
    return parseHost({ host: "127.0.0.1", port, user: "root", privateKey, hostKey });
  };

  it("without a terminal, output and errors are apart and the status comes", async () => {
    const program = "cat; echo err >&2; tty; exit 3";
    const terminal = await openTerminal(spec(), ["/bin/sh", "-c", program]);
    const shown = { out: "", err: "" };
    terminal.channel!.stdout.on("data", (data) => {
      shown.out += data;
    });
    terminal.channel!.stderr.on("data", (data) => {
      shown.err += data;
    });
    terminal.channel!.stdin.end("typed\n");
    expect((await terminal.exit).status).toBe(3);
    expect(shown).toEqual({ out: "typed\nnot a tty\n", err: "err\n" });
  });

  it("with one, it has the size of ours, and follows it", async () => {
    const program = "tty; stty size; read word; stty size; exit 4";
    const window = { rows: 33, columns: 99 };
    const terminal = await openTerminal(spec(), ["/bin/sh", "-c", program], window);
    let shown = "";
    terminal.channel!.stdout.on("data", (data) => {
      shown += data;
      if (!/33 99\r\n$/.test(shown)) return;
      terminal.resize({ rows: 50, columns: 120 });
      terminal.channel!.stdin.write("go\r");
    });
    expect((await terminal.exit).status).toBe(4);
    expect(shown).toBe("/dev/pts/0\r\n33 99\r\ngo\r\n50 120\r\n");
  });

  it("hanging up ends what runs", async () => {
    const terminal = await openTerminal(spec(), ["sleep", "1000"], { rows: 2, columns: 9 });
    const sleeps = () =>
      [...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep");
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    while (!sleeps()) await turn();
    terminal.destroy();
    while (sleeps()) await turn();
    expect((await terminal.exit).status).toBeUndefined();
  });
});
