/** The default transport: the npm package ssh2. */
import type { Client, ClientChannel, ExecOptions } from "ssh2";
import { becomeRefused, type Place, shellRefused } from "./error-texts.js";
import type { HostSpec } from "./host-spec.js";
import { keepAlive } from "./keepalive.js";
import { retryDial } from "./retry.js";
import { type Dialled, dial } from "./ssh2-dial.js";
import {
  type Channel,
  ChannelRefused,
  ConnectionGone,
  type Terminal,
  type Transport,
  type Window,
} from "./transport.js";

/** Connects, with the patience that `spec` asks for. Throws `HostError`. */
export async function connectSsh2(spec: HostSpec, place: Place): Promise<Transport> {
  const dialled = await retryDial(place, spec.dialErrorLimit, () => dial(spec, place.secrets));
  const { client, socket } = dialled;
  const closed = watch(dialled);
  return {
    name: spec.name,
    closed,
    openShell: (command) => start(client, command, {}, makeChannel),
    openTerminal: (command, window) =>
      start(client, command, terminalOptions(window), makeTerminal),
    explainShell: (status, stderr) => ({
      passing: false,
      error: spec.become
        ? becomeRefused(place, spec.become, stderr)
        : shellRefused(place, stderr, status),
    }),
    end: () => dialled.end(),
    setBusy: (busy) => (busy ? socket.ref() : socket.unref()),
  };
}

/** Resolves with the cause when the connection is gone; takes care that nobody is left waiting. */
function watch(dialled: Dialled): Promise<string> {
  const { client, socket } = dialled;
  return new Promise((resolve) => {
    let cause = "closed by the host";
    const drop = (reason: string) => {
      cause = reason;
      dialled.end();
    };
    // Without a listener for its whole life, a late socket error would end the process.
    client.on("error", (error) => {
      cause = error.message;
    });
    client.once("close", () => {
      dialled.end();
      resolve(cause);
    });
    socket.on("error", (error) => {
      cause = error.message;
    });
    socket.once("close", () => resolve(cause));
    keepAlive(client, drop);
  });
}

/** `make` is called at once: what the host says of the command's end may come in the same moment. */
function start<T>(
  client: Client,
  command: string,
  options: ExecOptions,
  make: (channel: ClientChannel) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const open = (error: Error | undefined, channel: ClientChannel) => {
      if (!error) resolve(make(channel));
      else if (/no response|not connected/i.test(error.message)) {
        reject(new ConnectionGone(error.message));
      } else reject(new ChannelRefused(error.message));
    };
    try {
      client.exec(command, options, open);
    } catch (error) {
      reject(new ConnectionGone((error as Error).message));
    }
  });
}

function terminalOptions(window: Window | undefined): ExecOptions {
  if (window === undefined) return {};
  const { rows, columns: cols } = window;
  return { pty: { rows, cols, width: 0, height: 0, term: process.env.TERM ?? "xterm" } };
}

function makeTerminal(stream: ClientChannel): Terminal {
  const channel = makeChannel(stream);
  let hangUp: () => void = () => undefined;
  // Whoever hangs up does not wait for the host to agree.
  const hungUp = new Promise<{ cause: string }>((resolve) => {
    hangUp = () => resolve({ cause: "hung up" });
  });
  return {
    channel,
    exit: Promise.race([channel.exit, hungUp]),
    resize: ({ rows, columns }) => stream.setWindow(rows, columns, 0, 0),
    destroy() {
      channel.destroy();
      hangUp();
    },
  };
}

function makeChannel(channel: ClientChannel): Channel {
  const exit = new Promise<{ status?: number; cause: string }>((resolve) => {
    let status: number | undefined;
    let cause = "the channel was closed";
    channel.once("exit", (code: number | null, signal?: string) => {
      status = code ?? undefined;
      cause = signal ? `the shell was ended by ${signal}` : `the shell ended with ${code}`;
    });
    channel.once("close", () => resolve({ status, cause }));
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    exit,
    destroy: () => {
      channel.close();
    },
  };
}
