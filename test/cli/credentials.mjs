/** Makes a host known to a user: as ssh keeps it, so that neither program nor state hold key and host key. */
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes the host's key and a key that is let in there to `.ssh` of a home directory (a stack's `directory`). A
 * second host's line is added to known_hosts; its private key takes the first one's place.
 */
export async function writeCredentials(home, { privateKey, knownHostsLine }) {
  const directory = join(home, ".ssh");
  await mkdir(directory, { mode: 0o700, recursive: true });
  await writeFile(join(directory, "id_ed25519"), privateKey, { mode: 0o600 });
  await appendFile(join(directory, "known_hosts"), `${knownHostsLine.trimEnd()}\n`);
}
