import { Collector } from "../../../kernel/endpoints.js";
import { checkBeforeFetch, refuse } from "./checks.js";
import { prepareWorkDir } from "./fetch.js";
import { type Parameters, Stop } from "./parameters.js";
import { UpdateServer } from "./server.js";

/**
 * `freebsd-update -r RELEASE upgrade`, as far as it goes without the index of another release: its checks, and
 * the mirrors that have nothing of the target.
 */
export async function fetchUpgrade(parameters: Parameters): Promise<void> {
  const { process, targetRelease } = parameters;
  const release = parameters.release.replace(/-p\d+$/, "");
  checkBeforeFetch(parameters);
  const say = (text: string) => refuse(parameters, `freebsd-update: ${text}`);
  if (targetRelease === undefined) return say("Release target must be specified via '-r' option.");
  if (targetRelease === release) say(`Cannot upgrade from ${release} to itself`);
  await tellOfModules(parameters);
  prepareWorkDir(process);
  const server = new UpdateServer(parameters);
  server.fetchKey();
  server.fetchTag(release);
  process.stdout.write("Fetching metadata index... failed.\n");
  throw new Stop(1);
}

/** Newer scripts look for kernel modules that were installed from packages. */
async function tellOfModules({ process }: Parameters): Promise<void> {
  if (process.machine.release === "13.2-RELEASE") return;
  const silent = { stdout: new Collector(), stderr: new Collector() };
  if ((await process.spawn(["pkg", "-N"], silent)) === 0) return;
  process.stdout.write("Skipping kernel modules check. pkg(8) not present.\n");
}
