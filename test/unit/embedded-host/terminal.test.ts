/** Sessions with a terminal, as a person has them. */
import type { ClientChannel, PseudoTtyOptions } from "ssh2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";
import { collect, connectTo } from "./ssh-client.js";

let host: EmbeddedHost;
beforeEach(async () => {
  host = await startEmbeddedHost({ users: { root: { shell: "/bin/sh" } } });
});
afterEach(async () => {
  await host.stop();
  expect(host.defects).toEqual([]);
});

const WINDOW: PseudoTtyOptions = { rows: 33, cols: 99, term: "xterm" };

/** A session in which one types, and waits for what one sees. */
class Person {
  private seen = "";
  private wake: () => void = () => undefined;
  readonly end: ReturnType<typeof collect>;

  constructor(readonly channel: ClientChannel) {
    this.end = collect(channel);
    channel.on("data", (data: Buffer) => {
      this.seen += data.toString();
      this.wake();
    });
  }

  static async sitDown(command?: string): Promise<Person> {
    const client = await connectTo(host);
    return await new Promise((resolve, reject) => {
      const take = (error: Error | undefined, channel: ClientChannel) =>
        error ? reject(error) : resolve(new Person(channel));
      if (command === undefined) client.shell(WINDOW, take);
      else client.exec(command, { pty: WINDOW }, take);
    });
  }

  /** What was shown up to and with a text, since the last time. */
  async see(text: string): Promise<string> {
    while (!this.seen.includes(text)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const end = this.seen.indexOf(text) + text.length;
    const shown = this.seen.slice(0, end);
    this.seen = this.seen.slice(end);
    return shown;
  }

  type(keys: string): void {
    this.channel.write(keys);
  }
}

test("a shell prompts, shows what is typed, and ends with ^D", async () => {
  const person = await Person.sitDown();
  expect(await person.see("# ")).toBe("# ");
  person.type("echo one\r");
  expect(await person.see("# ")).toBe("echo one\r\none\r\n# ");
  person.type("if true; then\r");
  expect(await person.see("> ")).toBe("if true; then\r\n> ");
  person.type("tty; fi\r");
  expect(await person.see("# ")).toBe("tty; fi\r\n/dev/pts/0\r\n# ");
  person.type("echo $TERM $SSH_TTY; stty size; exit 3");
  person.type("\x15test -t 0 && echo ab\x7fc; exit 3\r");
  expect(await person.see("ac\r\n")).toContain("\b \b");
  expect((await person.end).status).toBe(3);
  const other = await Person.sitDown();
  await other.see("# ");
  other.type("false\r");
  await other.see("# ");
  other.type("\x04");
  expect((await other.end).status).toBe(1);
});

test("^C ends what runs, or the line that is typed, and not the shell", async () => {
  const person = await Person.sitDown("/bin/sh");
  await person.see("# ");
  person.type("while :; do sleep 1000; done\r");
  await person.see("\r\n");
  while (![...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  person.type("\x03");
  expect(await person.see("# ")).toBe("^C\r\n# ");
  person.type("echo never\x03");
  expect(await person.see("\r\n# ")).toBe("echo never^C\r\n# ");
  person.type("nosuch ;;\r");
  expect(await person.see("# ")).toMatch(/^nosuch ;;\r\n.*Syntax error/);
  person.type("exit\r");
  expect((await person.end).status).toBe(2);
});

test("a jail is entered by jexec, and ^C there leaves the way to it alone", async () => {
  await host.run(
    "mkdir -p /j && tar -xf /usr/freebsd-dist/base.txz -C /j && jail -c name=j path=/j persist",
  );
  const person = await Person.sitDown("jexec j /bin/sh");
  await person.see("# ");
  person.type("cat\r");
  await person.see("cat\r\n");
  person.type("hello\r");
  expect(await person.see("hello\r\nhello\r\n")).toBe("hello\r\nhello\r\n");
  person.type("\x03");
  await person.see("# ");
  person.type("cat > /f\rtext\r\x04");
  await person.see("# ");
  person.type("sysctl -n security.jail.jailed; cat /f; exit\r");
  expect(await person.see("text\r\n")).toContain("1\r\ntext");
  expect((await person.end).status).toBe(0);
});

test("the window has a size, which may change, and modes", async () => {
  const person = await Person.sitDown("/bin/sh");
  await person.see("# ");
  person.channel.setWindow(50, 120, 0, 0);
  person.type("stty size\r");
  expect(await person.see("# ")).toBe("stty size\r\n50 120\r\n# ");
  person.type("stty -echo; read word; stty echo; echo $word\r");
  await person.see("\r\n");
  person.type("secret\r");
  expect(await person.see("# ")).toBe("secret\r\n# ");
  person.type("stty nosuch; stty raw; head -c 3\r");
  await person.see("illegal option -- nosuch\r\n");
  person.type("a\x03b");
  expect(await person.see("a\x03b")).toContain("a\x03b");
});

test("whoever goes away ends what ran before the terminal", async () => {
  const person = await Person.sitDown("sleep 1000");
  while (![...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  person.channel.close();
  await person.end;
  while ([...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect((await host.run("tty; stty size")).stdout).toBe("not a tty\n");
});
