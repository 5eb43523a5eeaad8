/**
 * A jail that is an image, one that is a clone, and rooms: jails for one command, which leave nothing. Through the real
 * Pulumi CLI and `pulumi-freebsd`, against the embedded FreeBSD host.
 */
import { join, resolve } from "node:path";
import { execa } from "execa";
import { destroyAll, editProgram, onHost, pulumi } from "../demo/actions.mjs";
import { openEmbeddedHost } from "../demo/embedded.mjs";
import { play } from "../demo/play.mjs";
import { bold, headline, say, showCommand, showLine, showResult } from "../demo/terminal.mjs";

const main = resolve(import.meta.dirname, "../../dist/provider/cli/main.js");

async function runSteps(host, stack) {
  say(`The host: ${bold(host.title)}`);
  const before = await host.picture();
  await makeJails(host, stack);
  await enter(host, stack);
  await useRooms(host, stack);
  await grow(host, stack);
  await destroyAll(host, stack, before);
}

async function makeJails(host, stack) {
  headline(
    "A jail that is an image, and one that is a clone: neither copies the files of its base",
  );
  await pulumi(stack, "up");
  await onHost(host, "zfs list -o name,origin");
  await onHost(host, "jexec build df /");
}

/** Runs `npx pulumi-freebsd` where the stack's project is, and shows what it says. */
async function command(stack, words, input = "") {
  showCommand("$", `npx pulumi-freebsd ${words.join(" ")}`);
  const options = { cwd: stack.project, env: stack.env, extendEnv: false, reject: false, input };
  const { exitCode, stdout, all } = await execa("node", [main, ...words], {
    ...options,
    all: true,
  });
  for (const line of all.split("\n")) if (line) showLine(line);
  return { status: exitCode, stdout };
}

async function enter(host, stack) {
  headline("Into a jail: a command's input, output and exit status are your own");
  const { stdout } = await command(stack, ["enter", "web", "hostname"]);
  showResult(stdout === "web", "the command ran in the jail");
  const { status } = await command(stack, ["enter", "build", "sh"], "cat >/root/notes; exit 7\n");
  showResult(status === 7, "a shell reads what is piped to it, and ends with its own status: 7");
  await onHost(host, "jls jid name");
}

async function useRooms(host, stack) {
  headline("A clean room: whatever is done in it, nothing is left");
  const before = await host.picture();
  const script = "rm -rf /usr/bin/*; echo spoilt >/etc/motd; cat /etc/motd";
  const { status } = await command(stack, ["room", "base", "sh", "-c", script]);
  showResult(status === 0, "the room was spoilt, and removed");
  const left = (await host.picture()).filter((fact) => !before.includes(fact));
  showResult(left.length === 0, "nothing of it is left on the host");
}

async function grow(host, stack) {
  headline("A larger image: its file and its file system grow");
  await editProgram(stack, [['size: "2g"', 'size: "3g"']]);
  await pulumi(stack, "preview");
  await pulumi(stack, "up");
  await onHost(host, "jexec build df /");
  const { stdout } = await host.run("stat -f %z /usr/local/jails/containers/build/image");
  showResult(Number(stdout) === 3 * 2 ** 30, "the image has 3 GB");
}

await play({
  openHost: openEmbeddedHost,
  template: join(import.meta.dirname, "program"),
  steps: runSteps,
});
