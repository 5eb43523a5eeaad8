import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, expect, it } from "vitest";
import {
  type CommandMessage,
  commandChannel,
  type FunctionMessage,
  functionChannel,
} from "../../embedded-host/channels.js";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";

let host: EmbeddedHost | undefined;
afterEach(() => host?.stop());

/** What subscribers are told while a line runs at the console. */
async function listen(line: string) {
  host = await startEmbeddedHost({ dist: false });
  const commands: string[] = [];
  const functions: string[] = [];
  const onCommand = (message: unknown) => {
    const { argv, by } = message as CommandMessage;
    commands.push(`${by.join(" ")} > ${argv.join(" ")}`);
  };
  const onFunction = (message: unknown) => {
    const { name, by } = message as FunctionMessage;
    functions.push(`${by.join(" ")} > ${name}`);
  };
  subscribe(commandChannel.name, onCommand);
  subscribe(functionChannel.name, onFunction);
  await host.run(line, { stdin: "f() { id -u; }; (f; shift 0; lockf -k /tmp/l true) | cat" });
  unsubscribe(commandChannel.name, onCommand);
  unsubscribe(functionChannel.name, onFunction);
  return { commands: commands.sort(), functions };
}

it("tells of programs and builtins, and who started them", async () => {
  const { commands, functions } = await listen("/bin/sh -s; :");
  expect(commands).toEqual([
    " > /bin/sh -c /bin/sh -s; :",
    "/bin/sh -c /bin/sh -s; : > /bin/sh -s",
    "/bin/sh -c /bin/sh -s; : > :",
    "/bin/sh -s > cat",
    "/bin/sh -s > id -u",
    "/bin/sh -s > lockf -k /tmp/l true",
    "/bin/sh -s > shift 0",
    "lockf -k /tmp/l true > true",
  ]);
  expect(functions).toEqual(["/bin/sh -s > f"]);
});

it("tells in which jail something runs", async () => {
  host = await startEmbeddedHost({ dist: false });
  const jails = new Map<string, number>();
  const onCommand = (message: unknown) => {
    const { argv, jid } = message as CommandMessage;
    jails.set(argv.join(" "), jid);
  };
  subscribe(commandChannel.name, onCommand);
  await host.run("jail -c name=x path=/ persist; echo 'id -u; shift 0' | jexec x /bin/sh");
  unsubscribe(commandChannel.name, onCommand);
  const names = ["jail -c name=x path=/ persist", "id -u", "shift 0"];
  expect(names.map((name) => jails.get(name))).toEqual([0, 1, 1]);
});
