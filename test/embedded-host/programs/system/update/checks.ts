import { FsError, type Process } from "../../../contract.js";
import { memoryFiles } from "../../files/support/options.js";
import { digest } from "./index-file.js";
import { type Parameters, Stop } from "./parameters.js";

/** Writes the reason and ends with status 1. */
export function refuse({ process }: Parameters, ...lines: string[]): never {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  throw new Stop(1);
}

/** Names of the links of a tree in the working directory: what to install, and what to go back to. */
export function linkOf({ baseDir }: Parameters, what: "install" | "rollback"): string {
  return `${digest(`${baseDir}\n`)}-${what}`;
}

/** Whether a link of the working directory is there, whatever it leads to. */
export function hasLink(process: Process, name: string): boolean {
  try {
    return process.machine.files.stat(process, name, { follow: false }).type === "symlink";
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

/** Goes to the working directory, which must be there. */
export function enterWorkDir(parameters: Parameters): void {
  const { process, workDir } = parameters;
  const { files } = process.machine;
  if (!files.exists(process, workDir) || files.stat(process, workDir).type !== "directory") {
    refuse(parameters, `freebsd-update: Directory does not exist or is not writable: ${workDir}`);
  }
  process.cwd = files.realpath(process, workDir);
}

/** The checks of fetch and upgrade: where to fetch from, whom to trust, where to keep it. */
export function checkBeforeFetch(parameters: Parameters): void {
  const { process, serverName, keyPrint, workDir, release } = parameters;
  const say = (text: string) => refuse(parameters, `freebsd-update: ${text}`);
  const missing = "must be given via";
  if (serverName === "") say(`SERVERNAME ${missing} command line or configuration file.`);
  if (keyPrint === "") say(`Key ${missing} -k option or configuration file.`);
  if (!/^[0-9a-f]{64}$/.test(keyPrint)) say(`Invalid key fingerprint: ${keyPrint}`);
  enterWorkDir(parameters);
  const { mount } = memoryFiles(process).mountOf(process, ".");
  if (/^\/dev\/md\d/.test(mount.from) || mount.type === "tmpfs") {
    say(`Directory is not on a persistent filesystem: ${workDir}`);
  }
  process.machine.files.chmod(process, ".", 0o700);
  if (!/-(RELEASE|ALPHA|BETA|RC)/.test(release)) {
    say("Cannot upgrade from a version that is not a release");
  }
}
