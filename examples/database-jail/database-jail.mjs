/**
 * A database in a jail: its data in a directory of the host, its schema kept by a command, its limits changed while it
 * runs, and what stays when the jail goes. Through the real Pulumi CLI, against the embedded FreeBSD host, whose
 * database is a script that keeps what it is told.
 */
import { join } from "node:path";
import { compareHost, editProgram, onHost, pulumi, readJids } from "../demo/actions.mjs";
import { openEmbeddedHost } from "../demo/embedded.mjs";
import { play } from "../demo/play.mjs";
import { serviceScript } from "../demo/service-script.mjs";
import { bold, headline, say, showResult } from "../demo/terminal.mjs";

const data = "/srv/db";
const archives = "/srv/archives";
const column = ["visitors INT);", "visitors INT, pages INT);"];

async function runSteps(host, stack) {
  say(`The host: ${bold(host.title)}`);
  const before = await host.picture();
  headline("A database in a jail, its files in a directory of the host");
  await pulumi(stack, "up", []);
  await expectSchema(host, "visitors INT);");
  await change(host, stack);
  await repair(host, stack);
  await leave(host, stack, before);
}

async function change(host, stack) {
  headline("Another schema and more memory, in the running jail");
  const running = await readJids(host);
  await editProgram(stack, [column, ['memoryuse: "2g"', 'memoryuse: "4g"']]);
  await pulumi(stack, "preview");
  await pulumi(stack, "up");
  await expectSchema(host, "pages INT);");
  const same = (await readJids(host)).get("db") === running.get("db");
  showResult(same, "the jail was not restarted");
  await onHost(host, "rctl jail:db");
  await onHost(host, "zfs get -H refquota zroot/jails/containers/db");
}

async function repair(host, stack) {
  headline("Somebody takes the limits away and stops the database");
  const running = await readJids(host);
  await onHost(host, "rctl -r jail:db; zfs set refquota=none zroot/jails/containers/db");
  await onHost(host, "jexec db service mysql-server onestop");
  await pulumi(stack, "refresh");
  await pulumi(stack, "up");
  const { stdout } = await host.run(
    "rctl jail:db | wc -l; jexec db service mysql-server onestatus && echo runs",
  );
  showResult(/^\s*3\nruns\n/.test(stdout), "the three limits are back, and the database runs");
  const same = (await readJids(host)).get("db") === running.get("db");
  showResult(same, "the jail was not restarted");
}

async function leave(host, stack, before) {
  headline("Destroy: the data stays, and an archive of the jail");
  await pulumi(stack, "destroy");
  await onHost(host, `ls ${data}; ls ${archives}`);
  const { stdout } = await host.run(`cat ${data}/tables; ls ${archives}`);
  showResult(stdout.includes("pages INT);"), "the database's files are where they were");
  showResult(/^db-\d+\.tar\.xz$/m.test(stdout), "what else the jail had is in an archive");
  await onHost(host, `rm ${data}/tables ${archives}/*`);
  await compareHost(host, before);
}

/** The database was told of the schema, in its own directory and in that of the host. */
async function expectSchema(host, line) {
  const inside = await host.run("jexec db tail -n 1 /var/db/mysql/tables");
  const outside = await host.run(`tail -n 1 ${data}/tables`);
  const there = inside.stdout.includes(line) && outside.stdout === inside.stdout;
  showResult(there, `the database has: ${inside.stdout.trim()}`);
}

async function openHost() {
  const ports = {
    "mariadb1011-server": {
      "/usr/local/etc/rc.d/mysql-server": serviceScript("mysql-server"),
      "/usr/local/bin/mysql": "#!/bin/sh\ncat >>/var/db/mysql/tables\n",
    },
  };
  const host = await openEmbeddedHost({ ports });
  await host.run(`mkdir -p ${data} ${archives}`);
  return { ...host, settings: { ...host.settings, data, archives } };
}

await play({ openHost, template: join(import.meta.dirname, "program"), steps: runSteps });
