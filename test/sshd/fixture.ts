/**
 * What the tests against sshd share: a server, sessions with it, and the reason when there is none.
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "../../provider/freebsd/command.js";
import { type HostSpec, openSession, parseHost } from "../../provider/host/index.js";
import type { Session } from "../../provider/host/session.js";
import { type Sshd, startSshd } from "./sshd.js";

/** Path of sshd, or why the tests are skipped. */
export const found: { path?: string; reason?: string } = JSON.parse(
  execFileSync(process.execPath, [join(__dirname, "..", "tools", "programs.mjs"), "sshd"], {
    encoding: "utf8",
  }),
);

/** Shown in the name of a suite that is skipped. */
export const suite = (name: string) => (found.path ? name : `${name} [skipped: ${found.reason}]`);

export function start(...config: string[]): Promise<Sshd> {
  return startSshd({ path: found.path ?? "", config });
}

/** The spec of a host at `sshd`; nothing of this machine's user plays a part. */
export function specOf(
  sshd: Sshd,
  input: object = {},
  variables: Record<string, string> = {},
): HostSpec {
  const base = { host: "127.0.0.1", port: sshd.port, user: sshd.user, dialErrorLimit: 0 };
  return parseHost({ ...base, ...input }, { home: sshd.home, variables });
}

export function sessionOf(
  sshd: Sshd,
  input: object = {},
  variables: Record<string, string> = {},
): Session {
  return openSession(specOf(sshd, input, variables));
}

export const sh = (text: string): Command => ({ argv: ["sh", "-c", text], mutates: false });

/** What one command line writes. */
export async function ask(session: Session, text: string): Promise<string | undefined> {
  return (await session.observe([sh(text)]))[0]?.stdout.trim();
}
