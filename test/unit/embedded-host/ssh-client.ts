/** A plain SSH client for tests of the embedded host. */
import ssh2, { type ClientChannel, type ConnectConfig } from "ssh2";
import type { EmbeddedHost } from "../../embedded-host/index.js";

export interface ExecResult {
  status: number | null;
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

/** Connects as root, or as `config` says. */
export function connectTo(host: EmbeddedHost, config: ConnectConfig = {}): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on("ready", () => resolve(client)).on("error", reject);
    client.connect({
      host: host.address,
      port: host.port,
      username: "root",
      privateKey: config.password === undefined ? host.privateKey : undefined,
      ...config,
    });
  });
}

/** Opens an exec channel. */
export function openExec(client: ssh2.Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Everything that a channel says until it closes. */
export function collect(channel: ClientChannel): Promise<ExecResult> {
  const result: ExecResult = { status: null, signal: undefined, stdout: "", stderr: "" };
  channel.on("data", (data: Buffer) => {
    result.stdout += data.toString();
  });
  channel.stderr.on("data", (data: Buffer) => {
    result.stderr += data.toString();
  });
  channel.on("exit", (status: number | null, signal?: string) => {
    result.status = status;
    result.signal = signal;
  });
  return new Promise((resolve) => channel.on("close", () => resolve(result)));
}

/** Runs a command with data on its standard input. */
export function execute(client: ssh2.Client, command: string, input = ""): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      // Listeners come first: a short command's answer may be right behind the channel's.
      resolve(collect(channel));
      channel.end(input);
    });
  });
}

/** Waits until the output of a channel holds a text. */
export function waitForOutput(channel: ClientChannel, text: string): Promise<string> {
  let output = "";
  return new Promise((resolve) => {
    channel.on("data", (data: Buffer) => {
      output += data.toString();
      if (output.includes(text)) resolve(output);
    });
  });
}
