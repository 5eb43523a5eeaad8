/** Runs a program on a host with this process's terminal, as `pulumi-freebsd enter` does. Argument: { host, home, argv }. */
import { joinTerminal, windowOf } from "../../dist/provider/cli/terminal.js";
import { parseHost } from "../../dist/provider/host/parse-host.js";
import { closeConnections } from "../../dist/provider/host/pool.js";
import { openTerminal } from "../../dist/provider/host/terminal.js";

const { host, home, argv } = JSON.parse(process.argv[2]);
const spec = parseHost(host, { home, variables: {} });
try {
  process.exitCode = await joinTerminal(await openTerminal(spec, argv, windowOf(process)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  closeConnections();
}
