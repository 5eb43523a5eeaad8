/** Running one command of a jail's configuration, on the host or in the jail. */
import { FsError, type SpawnOptions } from "../../../contract.js";
import { credentialsOf } from "../../../kernel/accounts.js";
import { accountIn, loginEnvironment } from "../login.js";
import { errorText } from "../output.js";
import { appendingWriter } from "../streams.js";
import { checkPath } from "./check-path.js";
import { type JailRun, note, runningJail, warnAbout } from "./run.js";
import type { JailSpec } from "./spec.js";

export interface Command {
  readonly argv: readonly string[];
  /** Runs in the jail. */
  readonly inJail: boolean;
  readonly background: boolean;
}

/** Runs a command to its end. False, after a message, when it fails or takes too long. */
export async function runCommand(run: JailRun, spec: JailSpec, command: Command): Promise<boolean> {
  const { argv } = command;
  const line = argv.join(" ");
  const options = optionsFor(run, spec, command.inJail);
  if (!options) return false;
  announce(run, spec, command);
  try {
    if (command.background) {
      run.process.start(argv, { ...options, newGroup: true });
      return true;
    }
    const status = await statusInTime(run, spec, argv, options);
    if (status === 0) return true;
    warnAbout(run, spec, `${line}: ${status === undefined ? "timed out" : "failed"}`);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    warnAbout(run, spec, `exec ${argv[0]}: ${errorText(error)}`);
    warnAbout(run, spec, `${line}: failed`);
  }
  return false;
}

function announce(run: JailRun, spec: JailSpec, { argv, inJail }: Command): void {
  if (run.verbose <= 0) return;
  const user = spec.text(inJail ? "exec.jail_user" : "exec.system_user");
  const where = `${inJail ? " in jail" : ""}${user === undefined ? "" : ` as ${user}`}`;
  note(run, spec, `run command${where}: ${argv.join(" ")}`);
}

/** The status, or undefined when exec.timeout is over first. The command itself is left running. */
async function statusInTime(
  { process }: JailRun,
  spec: JailSpec,
  argv: readonly string[],
  options: SpawnOptions,
): Promise<number | undefined> {
  const timeout = spec.integer("exec.timeout") ?? 0;
  if (timeout <= 0) return await process.spawn(argv, options);
  const { exit } = process.start(argv, options);
  return await Promise.race([exit, process.sleep(timeout * 1000).then(() => undefined)]);
}

function optionsFor(run: JailRun, spec: JailSpec, inJail: boolean): SpawnOptions | undefined {
  const output = inJail ? consoleLog(run, spec) : {};
  if (!output) return undefined;
  const jail = inJail ? runningJail(run, spec) : undefined;
  const place: SpawnOptions = jail ? { jid: jail.jid, cwd: "/" } : {};
  const user = userFor(run, spec, inJail, jail?.path ?? "/");
  return user && { ...place, ...output, ...user };
}

/** exec.clean and the users of the configuration: environment, directory and credentials. */
function userFor(
  run: JailRun,
  spec: JailSpec,
  inJail: boolean,
  jailRoot: string,
): SpawnOptions | undefined {
  const clean = spec.isSet("exec.clean");
  const name = spec.text(inJail ? "exec.jail_user" : "exec.system_user");
  if (!clean && name === undefined) return {};
  const { process } = run;
  const root = inJail && !spec.isSet("exec.system_jail_user") ? jailRoot : process.root;
  const account = accountIn(process, root, name);
  if (!account) {
    const unknown = `unknown uid ${process.credentials.uid}`;
    warnAbout(run, spec, name === undefined ? unknown : `${name}: no such user`);
    return undefined;
  }
  const login = loginEnvironment(process, account);
  const env = clean ? login : new Map([...process.env, ...login]);
  const credentials = credentialsOf(process.machine, { root, cwd: "/" }, account);
  const who = name === undefined ? { env } : { env, credentials };
  if (!clean) return who;
  const where = { root: inJail ? jailRoot : process.root, cwd: "/" };
  if (process.machine.files.exists(where, account.home)) return { ...who, cwd: account.home };
  warnAbout(run, spec, `chdir ${account.home}: ${errorText(new FsError("ENOENT"))}`);
  return undefined;
}

/** Where the output of commands in the jail goes; undefined after a message. */
function consoleLog(run: JailRun, spec: JailSpec): SpawnOptions | undefined {
  const path = spec.text("exec.consolelog");
  if (path === undefined) return {};
  if (!checkPath(run, spec, { parameter: "exec.consolelog", path, isFile: true })) return undefined;
  try {
    const log = appendingWriter(run.process, path);
    return { stdout: log, stderr: log };
  } catch (error) {
    warnAbout(run, spec, `open ${path}: ${errorText(error)}`);
    return undefined;
  }
}
