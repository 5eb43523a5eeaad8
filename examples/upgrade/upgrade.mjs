/**
 * A jail is patched, and jails move to another release: previewed, taken back by themselves when they do not work there,
 * moved, and taken back at once. Through the real Pulumi CLI, against the embedded FreeBSD host.
 */
import { join } from "node:path";
import { destroyAll, editProgram, onHost, pulumi, readJids, tryPulumi } from "../demo/actions.mjs";
import { openEmbeddedHost } from "../demo/embedded.mjs";
import { play } from "../demo/play.mjs";
import { bold, headline, say, showResult } from "../demo/terminal.mjs";

const [older, newer] = ["15.0-RELEASE", "15.1-RELEASE"];
const release = (from, to) => [`const release = "${from}"`, `const release = "${to}"`];
const works = `command: "test -s /usr/local/etc/app.conf"`;
const fails = `command: "test -s /usr/local/etc/app-2.conf"`;

async function runSteps(host, stack) {
  say(`The host: ${bold(host.title)}`);
  const before = await host.picture();
  await makeJails(host, stack);
  await patch(host, stack);
  await failToUpgrade(host, stack);
  await upgrade(host, stack);
  await goBack(host, stack);
  await destroyAll(host, stack, before);
}

async function makeJails(host, stack) {
  headline(`A thick jail and a thin one, on ${older}`);
  await pulumi(stack, "up");
  for (const jail of ["db", "web"]) {
    await onHost(
      host,
      `jexec ${jail} sh -c 'mkdir -p /usr/local/etc; echo 1 >/usr/local/etc/app.conf'`,
    );
  }
}

async function patch(host, stack) {
  headline("The newest patches for the thick jail: a patched copy of its base, and a move to that");
  await editProgram(stack, [['type: "thick"', 'type: "thick", patch: "latest"']]);
  await pulumi(stack, "preview");
  await pulumi(stack, "up");
  const { stdout } = await host.run("jexec db freebsd-version -u");
  showResult(stdout.trim() === `${older}-p3`, `db was patched: ${stdout.trim()}`);
}

async function failToUpgrade(host, stack) {
  headline(`To ${newer}, with a health check that will fail: the preview says what it means`);
  await editProgram(stack, [release(older, newer), [works, fails]]);
  await pulumi(stack, "preview");
  headline("Try it");
  const { status } = await tryPulumi(stack, "up");
  showResult(status !== 0, "the update failed, and says why");
  await expectRelease(host, older, "runs as before");
}

async function upgrade(host, stack) {
  headline("With the right health check");
  await editProgram(stack, [[fails, works]]);
  await pulumi(stack, "up");
  await expectRelease(host, newer, "was upgraded");
  await onHost(host, "jexec web cat /usr/local/etc/app.conf");
  await onHost(host, "ls /usr/local/jails/containers");
}

async function goBack(host, stack) {
  headline("Back again: the trees that were kept are taken at once");
  await editProgram(stack, [release(newer, older)]);
  await pulumi(stack, "up");
  await expectRelease(host, older, "is back");
}

/** Both jails run on a release, as their own userland says. */
async function expectRelease(host, wanted, what) {
  const running = await readJids(host);
  for (const jail of ["db", "web"]) {
    const { stdout } = await host.run(`jexec ${jail} freebsd-version -u`);
    showResult(running.has(jail) && stdout.startsWith(wanted), `${jail} ${what}: ${stdout.trim()}`);
  }
}

await play({
  openHost: () => openEmbeddedHost({ releases: [older], updates: { [older]: 3, [newer]: 4 } }),
  template: join(import.meta.dirname, "program"),
  steps: runSteps,
});
