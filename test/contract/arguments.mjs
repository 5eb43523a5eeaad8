/** The contract suite's command line. */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

export const usage = `npm run test:host -- ssh://root@host [options]

Runs the contract suite against a FreeBSD host of yours and leaves it as it was. docs/testing.md says what it touches.

  --root DIR        scratch directory, absent or empty (default /usr/local/jails-pulumi-test)
  --dataset DS      scratch dataset, absent or empty; jails are clones then (default: no ZFS)
  --release R       release of the jails, e.g. 14.3-RELEASE (default: the host's own)
  --mirror URL      where it is fetched from (default: FreeBSD's)
  --dist DIR        directory on the host that holds base.txz and MANIFEST already
  --interface IF    for the jails' addresses (default lo0)
  --cidr NET        a network for them (default: one of 198.18.0.0/15, which is for tests)
  --second URL      another machine: the tests of two hosts run, too
  --become PROGRAM  doas or sudo, when the login is not root
  --identity FILE   private key (default: ~/.ssh/config, agent, ~/.ssh/id_*)
  --host-key KEY    "ssh-ed25519 AAAA…" of the first host (default: ~/.ssh/known_hosts)
  --only TEXT       runs the tests whose name holds this
  --clean           runs no test: removes what a run that crashed has left
  --help            shows this`;

const text = { type: "string" };
const flag = { type: "boolean" };
const options = {
  root: text,
  dataset: text,
  release: text,
  mirror: text,
  dist: text,
  interface: text,
  cidr: text,
  second: text,
  become: text,
  identity: text,
  "host-key": text,
  only: text,
  clean: flag,
  help: flag,
};

/** What was asked for: the options, and `host`. Throws an error that says what is wrong with it. */
export function readArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    options,
    strict: true,
    allowPositionals: true,
  });
  if (values.help) return { help: true };
  if (positionals.length !== 1) {
    throw new Error(positionals.length === 0 ? "which host?" : "one host only; see --second");
  }
  for (const [name, value] of Object.entries(values)) {
    if (value === "") throw new Error(`--${name} must not be empty`);
  }
  const [host] = positionals;
  checkUrl("the host", host);
  if (values.second !== undefined) checkUrl("--second", values.second);
  if (values.become !== undefined && !["doas", "sudo"].includes(values.become)) {
    throw new Error("--become must be doas or sudo");
  }
  checkPaths(values);
  return { ...values, host };
}

function checkUrl(what, url) {
  if (!/^(ssh:\/\/[^/]+|local:)$/.test(url)) {
    throw new Error(`${what} must be ssh://user@host:port or local:, not ${url}`);
  }
}

function checkPaths({ root, dist, mirror, identity }) {
  if (root !== undefined && !/^\/./.test(root)) throw new Error("--root must be an absolute path");
  if (dist !== undefined && !/^\/./.test(dist)) throw new Error("--dist must be an absolute path");
  if (dist !== undefined && mirror !== undefined) {
    throw new Error("--dist and --mirror exclude each other");
  }
  if (identity !== undefined && !existsSync(identity)) {
    throw new Error(`--identity ${identity}: no such file`);
  }
}
