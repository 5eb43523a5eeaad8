/** A real FreeBSD host as the demo's host, looked at through the system's ssh. */
import { execa } from "execa";

const login = ["HOME", "SSH_AUTH_SOCK"];

/** What the demo compares before and after. Everything that it could change, and nothing that changes by itself. */
const pictureScript = (root, dataset) => `
  jls name path
  mount -p
  ifconfig -a | grep inet
  ${dataset ? `zfs list -H -r -t all -o name ${quote(dataset)}` : ":"}
  find ${quote(root)} -maxdepth 3 2>/dev/null | sort
  find /etc/jail.conf.d /etc/jail.conf /etc/rc.conf -type f -exec sha256 {} + 2>/dev/null | sort
`;

/** Checks that the host can be reached; credentials are the user's own, from ~/.ssh and the agent. */
export async function openRealHost(options) {
  const url = new URL(options.host);
  if (url.protocol !== "ssh:")
    throw new Error(`--host must be ssh://user@host, not ${options.host}`);
  const run = (line) => runOverSsh(options.host, line);
  const userland = await run("freebsd-version -u");
  if (userland.status !== 0) throw new Error(`${options.host}: ${userland.stderr.trim()}`);
  const root = options.root ?? "/usr/local/jails";
  return {
    title: `${options.host}, FreeBSD ${userland.stdout.trim()}`,
    prompt: `${url.username || "root"}@${url.hostname}:~ #`,
    settings: settingsFor(url, options, userland.stdout.trim()),
    env: Object.fromEntries(login.flatMap((name) => keep(name))),
    prepareHome: async () => undefined,
    run,
    picture: async () => (await run(pictureScript(root, options.dataset))).stdout.split("\n"),
    close: async () => undefined,
  };
}

function settingsFor(url, options, userland) {
  const { root, dataset, mirror, dist, release = userland.replace(/-p\d+$/, "") } = options;
  return {
    host: {
      host: url.hostname,
      ...(url.username ? { user: decodeURIComponent(url.username) } : {}),
      ...(url.port ? { port: Number(url.port) } : {}),
      ...(root ? { root } : {}),
      ...(dataset ? { dataset } : {}),
    },
    base: { release, ...(mirror ? { mirror } : {}), ...(dist ? { dist } : {}) },
    range: { cidr: options.cidr ?? "10.231.87.0/28", interface: options.interface ?? "lo0" },
  };
}

/** The line goes through standard input: root's login shell may be csh. */
async function runOverSsh(destination, line) {
  const args = ["-o", "BatchMode=yes", destination, "exec /bin/sh -s"];
  const result = await execa("ssh", args, { input: `${line}\n`, reject: false });
  return { status: result.exitCode ?? 255, stdout: result.stdout, stderr: result.stderr };
}

function keep(name) {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
