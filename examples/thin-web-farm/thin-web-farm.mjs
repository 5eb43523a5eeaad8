/**
 * Web servers in thin jails: made on one read-only base, one more added, all of them changed while they run, one
 * repaired. Through the real Pulumi CLI, against the embedded FreeBSD host, whose nginx is a script that only says
 * whether it runs.
 */
import { join } from "node:path";
import { destroyAll, editProgram, onHost, pulumi, readJids } from "../demo/actions.mjs";
import { openEmbeddedHost } from "../demo/embedded.mjs";
import { play } from "../demo/play.mjs";
import { serviceScript } from "../demo/service-script.mjs";
import { bold, headline, say, showResult } from "../demo/terminal.mjs";

const shared = "/srv/www";
const containers = "/usr/local/jails/containers";

async function runSteps(host, stack) {
  say(`The host: ${bold(host.title)}`);
  const before = await host.picture();
  await makeFarm(host, stack);
  await addOne(host, stack);
  await changeAll(host, stack);
  await repair(host, stack);
  await destroyAll(host, stack, before);
}

async function makeFarm(host, stack) {
  headline("Three web servers on one base");
  await pulumi(stack, "up", []);
  await onHost(host, `ls ${containers} ${containers}/web1`);
  await expectServing(host, ["web1", "web2", "web3"], "hello");
}

async function addOne(host, stack) {
  headline("A fourth one: the others stay as they are");
  const running = await readJids(host);
  await editProgram(stack, [['"web3"]', '"web3", "web4"]']]);
  await pulumi(stack, "up");
  await expectServing(host, ["web4"], "hello");
  await expectSame(host, running, "no other jail was restarted");
}

async function changeAll(host, stack) {
  headline("Another page and another limit, in the running jails");
  const running = await readJids(host);
  await editProgram(stack, [
    ['greeting = "hello"', 'greeting = "good morning"'],
    ['memoryuse: "256m"', 'memoryuse: "512m"'],
  ]);
  await pulumi(stack, "preview");
  await pulumi(stack, "up");
  await expectServing(host, [...running.keys()], "good morning");
  const { stdout } = await host.run("rctl jail:web4:memoryuse");
  showResult(stdout.includes("deny=536870912"), `web4 may take 512 MB: ${stdout.trim()}`);
  await expectSame(host, running, "no jail was restarted");
}

async function repair(host, stack) {
  headline("Somebody stops one of them and writes over its page");
  await onHost(host, "jexec web2 service nginx onestop");
  await onHost(host, "jexec web2 sh -c 'echo closed >/usr/local/www/farm/index.html'");
  await pulumi(stack, "refresh");
  await pulumi(stack, "up");
  await expectServing(host, ["web2"], "good morning");
}

/** nginx runs in each jail, and its pages are those that are declared. */
async function expectServing(host, names, greeting) {
  for (const name of names) {
    const { status } = await host.run(`jexec ${name} service nginx onestatus`);
    const page = await host.run(`jexec ${name} cat /usr/local/www/farm/index.html`);
    const other = await host.run(`jexec ${name} cat /usr/local/www/shared/logo.txt`);
    const right = page.stdout === `${greeting} from ${name}\n` && other.stdout === "the farm's\n";
    showResult(status === 0 && right, `${name} serves: ${page.stdout.trim()}`);
  }
}

async function expectSame(host, before, what) {
  const now = await readJids(host);
  showResult(
    [...before].every(([name, jid]) => now.get(name) === jid),
    what,
  );
}

async function openHost() {
  const ports = {
    nginx: {
      "/usr/local/etc/rc.d/nginx": serviceScript("nginx"),
      "/usr/local/etc/nginx/nginx.conf": "the package's own\n",
    },
  };
  const host = await openEmbeddedHost({ ports });
  await host.run(`mkdir -p ${shared}; echo "the farm's" >${shared}/logo.txt`);
  return { ...host, settings: { ...host.settings, shared } };
}

await play({ openHost, template: join(import.meta.dirname, "program"), steps: runSteps });
