/** Two embedded FreeBSD hosts, known to one user by name, as one host of an example. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEmbeddedHost } from "../demo/embedded.mjs";

export async function openTwoHosts() {
  // The same seed is the same machine: these two differ.
  const [one, two] = [await open("one", 1), await open("two", 2)];
  const { dataset } = one.settings.host;
  return {
    one,
    two,
    settings: {
      hosts: { one: { host: one.address, dataset }, two: { host: two.address, dataset } },
      range: one.settings.range,
    },
    env: {},
    prompt: one.prompt,
    run: (line) => one.run(line),
    prepareHome: (home) => writeConfig(home, [one, two]),
    picture: async () => {
      const pictures = await Promise.all([one, two].map((host) => host.picture()));
      return pictures.flatMap((facts, i) => facts.map((fact) => `${i + 1} ${fact}`));
    },
    close: () => Promise.all([one.close(), two.close()]),
  };
}

async function open(name, seed) {
  const address = `${name}.example.org`;
  const host = await openEmbeddedHost({ hostname: address, seed });
  return { ...host, name, address, prompt: `root@${name}:~ #` };
}

/** Names, ports and keys as a user has them in ~/.ssh. */
async function writeConfig(home, hosts) {
  const known = [];
  const config = [];
  for (const { name, address, settings, prepareHome } of hosts) {
    const own = join(home, name);
    await prepareHome(own);
    known.push(await readFile(join(own, ".ssh", "known_hosts"), "utf8"));
    config.push(
      `Host ${address}`,
      `  HostName ${settings.host.host}`,
      `  Port ${settings.host.port}`,
      "  User root",
      `  IdentityFile ${join(own, ".ssh", "id_ed25519")}`,
    );
  }
  await hosts[0].prepareHome(home);
  await writeFile(join(home, ".ssh", "known_hosts"), known.join(""));
  await writeFile(join(home, ".ssh", "config"), `${config.join("\n")}\n`, { mode: 0o600 });
}
