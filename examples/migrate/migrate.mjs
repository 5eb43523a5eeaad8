/**
 * A jail moves to another machine with its data: previewed, taken back by itself where it does not work, moved, and moved
 * back. Through the real Pulumi CLI, between two embedded FreeBSD hosts.
 */
import { join } from "node:path";
import { destroyAll, editProgram, onHost, pulumi, tryPulumi } from "../demo/actions.mjs";
import { play } from "../demo/play.mjs";
import { bold, headline, say, showResult } from "../demo/terminal.mjs";
import { openTwoHosts } from "./hosts.mjs";

const there = ["const host = hosts.one", "const host = hosts.two"];

async function runSteps(hosts, stack) {
  const { one, two } = hosts;
  for (const host of [one, two]) say(`A host: ${bold(host.title)}`);
  const before = await hosts.picture();
  headline("A jail with data on the first machine");
  await pulumi(stack, "up");
  await onHost(one, "jexec web sh -c 'mkdir -p /usr/local/etc; echo 1 >/usr/local/etc/app.conf'");
  await fail(hosts, stack);
  await move(hosts, stack);
  await goBack(hosts, stack);
  await destroyAll(hosts, stack, before);
}

async function fail({ one, two }, stack) {
  headline("To the second machine, where it will not be well: the preview says what it means");
  await onHost(one, "jexec web mv /usr/local/etc/app.conf /usr/local/etc/app.conf.old");
  await editProgram(stack, [there]);
  await pulumi(stack, "preview");
  headline("Try it");
  const { status } = await tryPulumi(stack, "up");
  showResult(status !== 0, "the move failed, and says why");
  await expectOn(one, two, "runs where it was");
  await onHost(one, "jexec web mv /usr/local/etc/app.conf.old /usr/local/etc/app.conf");
}

async function move({ one, two }, stack) {
  headline("Again, with what it needs");
  await pulumi(stack, "up");
  await expectOn(two, one, "moved");
  await onHost(two, "jexec web cat /usr/local/etc/app.conf");
  await onHost(one, "ls -A /usr/local/jails 2>/dev/null || echo nothing is left here");
}

async function goBack({ one, two }, stack) {
  headline("And back");
  await editProgram(stack, [[there[1], there[0]]]);
  await pulumi(stack, "up");
  await expectOn(one, two, "is back");
}

/** The jail runs on one machine and not on the other. */
async function expectOn(here, elsewhere, what) {
  const names = await Promise.all([here, elsewhere].map((host) => host.run("jls name")));
  const [on, off] = names.map(({ stdout }) => stdout.trim());
  showResult(on === "web" && off === "", `web ${what}: it runs on ${here.name}, and nowhere else`);
}

await play({
  openHost: openTwoHosts,
  template: join(import.meta.dirname, "program"),
  steps: runSteps,
});
