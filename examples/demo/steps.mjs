/** The demo's choreography. */
import { destroyAll, editProgram, onHost, pulumi, readJids } from "./actions.mjs";
import { bold, headline, say, showResult } from "./terminal.mjs";

/** Runs all steps; throws when one fails. Claims that do not hold are shown as such and fail the demo. */
export async function runSteps(host, stack) {
  const started = Date.now();
  say(`The host: ${bold(host.title)}`);
  const before = await host.picture();
  await createJails(host, stack);
  await changeJails(host, stack);
  await repairDrift(host, stack);
  await destroyAll(host, stack, before);
  say(`Done in ${Math.round((Date.now() - started) / 1000)} seconds.`);
}

async function createJails(host, stack) {
  headline("What would be made: a base release, a range of addresses, a thick jail, two more");
  await pulumi(stack, "preview");
  headline("Make it");
  await pulumi(stack, "up", []);
  await onHost(host, "jls");
  headline("Again, with nothing changed");
  const { summary } = await pulumi(stack, "up");
  const changes = summary.create + summary.update + summary.replace + summary.delete;
  showResult(changes === 0, "nothing to do");
}

/** Host name and permissions change in a running jail; another System V namespace needs a restart. */
const edits = [
  [`hostname: "db.example.org",`, `hostname: "db.example.org",\n  parameters: { sysvshm: "new" },`],
  [`const domain = "example.org";`, `const domain = "example.net";`],
  [`"allow.raw_sockets": false`, `"allow.raw_sockets": true`],
];

async function changeJails(host, stack) {
  headline("Change the program: the preview says what each change does on the host");
  await editProgram(stack, edits);
  await pulumi(stack, "preview");
  headline("Make the changes");
  const before = await readJids(host);
  await pulumi(stack, "up");
  await onHost(host, "jls");
  const after = await readJids(host);
  for (const name of ["web1", "web2"]) {
    const kept = before.get(name) === after.get(name);
    showResult(kept, `${name} changed while it ran: jid ${before.get(name)} → ${after.get(name)}`);
  }
  const restarted = before.get("db") !== after.get("db");
  showResult(restarted, `db was restarted: jid ${before.get("db")} → ${after.get("db")}`);
}

async function repairDrift(host, stack) {
  headline("Somebody works on the host behind Pulumi's back");
  await onHost(host, "jail -m name=web1 host.hostname=surprise allow.noraw_sockets");
  await onHost(host, "jail -r web2");
  await onHost(host, "jls");
  headline("Refresh sees it");
  const seen = await pulumi(stack, "refresh");
  showResult(seen.summary.update === 2, `${seen.summary.update} jails are not as they were left`);
  headline("The next up repairs it");
  await pulumi(stack, "up");
  await onHost(host, "jls");
  showResult((await readJids(host)).has("web2"), "web2 runs again");
}
