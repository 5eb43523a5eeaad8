/** One connection per command: dial, log in, run one command, hang up. */
import ssh2 from "ssh2";

/** Runs a command line over a connection of its own. Rejects when it fails. */
export async function runAlone(login, command) {
  const status = await dialAndRun(login, command);
  const { accept } = command;
  if (accept !== undefined && !accept.includes(status)) {
    throw new Error(`status ${status} of ${command.line}`);
  }
}

function dialAndRun({ host, port, user, privateKey }, { line, input }) {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let status;
    client.once("error", reject);
    client.once("close", () => resolve(status));
    client.once("ready", () => {
      client.exec(line, (error, channel) => {
        if (error) return reject(error);
        channel.once("exit", (code) => {
          status = code;
        });
        channel.once("close", () => client.end());
        channel.resume();
        channel.stderr.resume();
        channel.end(input ?? "");
      });
    });
    client.connect({ host, port, username: user, privateKey });
  });
}
