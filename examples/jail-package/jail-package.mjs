/**
 * A jail package is built once, offered by a web server, and deployed on three jails. Through the real Pulumi CLI, against
 * the embedded FreeBSD host; the web server is a real one, on this computer.
 */
import { join } from "node:path";
import { destroyAll, editProgram, onHost, pulumi } from "../demo/actions.mjs";
import { openEmbeddedHost } from "../demo/embedded.mjs";
import { play } from "../demo/play.mjs";
import { bold, headline, say, showResult } from "../demo/terminal.mjs";
import { startWebServer } from "./web-server.mjs";

const publish = "/usr/local/www/packages";
const names = ["web1", "web2", "web3"];

async function runSteps(host, stack) {
  say(`The host: ${bold(host.title)}`);
  const before = await host.picture();
  headline("A package is built, and published");
  await pulumi(stack, "up");
  await onHost(host, `ls ${publish}`);
  const file = "app-1.0.tar.xz";
  const bytes = await host.server.download(file);
  host.offer(host.server.urlOf(file), bytes);
  showResult(bytes.length > 0, `the web server gives ${bytes.length} bytes of ${file}`);
  await deploy(host, stack);
  await destroyAll(host, stack, before);
}

async function deploy(host, stack) {
  headline("Three jails with the package as their layer");
  const list = `[${names.map((name) => `"${name}"`).join(", ")}]`;
  await editProgram(stack, [["const names: string[] = []", `const names: string[] = ${list}`]]);
  await pulumi(stack, "preview");
  await pulumi(stack, "up");
  for (const name of names) {
    const { stdout } = await host.run(
      `jexec ${name} cat /usr/local/app/index.html /usr/local/etc/app.conf`,
    );
    showResult(stdout === "hello\nport 8080\n", `${name} has what was packed`);
  }
}

async function openHost() {
  const host = await openEmbeddedHost();
  await host.run(`mkdir -p ${publish}`);
  const server = await startWebServer((name) => host.read(`${publish}/${name}`));
  return {
    ...host,
    server,
    settings: { ...host.settings, publish, url: server.url },
    close: async () => {
      await server.close();
      await host.close();
    },
  };
}

await play({ openHost, template: join(import.meta.dirname, "program"), steps: runSteps });
