/** The embedded FreeBSD host as the demo's host. */
import { startEmbeddedHost } from "pulumi-freebsd/testing";
import { writeCredentials } from "../../test/cli/credentials.mjs";

const pool = "zroot";

/** Starts it, with `more` options. `prepareHome` makes it known to a user whose home directory is the given one. */
export async function openEmbeddedHost(more = {}) {
  const host = await startEmbeddedHost({ hostname: "demo.example.org", zpool: pool, ...more });
  return {
    title: `an embedded FreeBSD ${host.machine.release} host on ${host.url}`,
    prompt: "root@demo:~ #",
    settings: {
      host: { host: host.address, port: host.port, user: "root", dataset: `${pool}/jails` },
      base: { release: host.machine.release.replace(/-p\d+$/, "") },
      range: { cidr: "10.0.2.128/28", interface: "vtnet0" },
    },
    env: {},
    prepareHome: (home) => writeCredentials(home, host),
    run: (line) => host.run(line),
    /** Content of a file of the host. */
    read: (path) => host.machine.files.read({ root: "/", cwd: "/" }, path),
    /** What the host gets when it fetches a URL: it has no network of its own. */
    offer: (url, bytes) => host.machine.web.set(url, bytes),
    picture: async () => listFacts(host.snapshot()),
    close: () => host.stop(),
  };
}

/** A snapshot as lines. */
function listFacts({ files, ...lists }) {
  const others = Object.entries(lists).flatMap(([kind, all]) => all.map((one) => `${kind} ${one}`));
  return [...Object.entries(files).map(([path, state]) => `file ${path} ${state}`), ...others];
}
