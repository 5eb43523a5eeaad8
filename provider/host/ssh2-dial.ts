/**
 * From nothing to a logged-in client: TCP, hops, host keys, each tried once. `retry.ts` tries
 * again.
 */
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { Place } from "./error-texts.js";
import { expectKey, offerAlgorithms } from "./host-key.js";
import type { Endpoint, HostSpec } from "./host-spec.js";
import { login, OtherKeyShown } from "./ssh2-login.js";

/** A chain of clients, the last one is logged in to the host. */
export interface Dialled {
  readonly client: Client;
  /** The only handle that keeps the process alive. */
  readonly socket: Socket;
  end(): void;
}

/** Dials the hops and the host behind them. */
export async function dial(spec: HostSpec, secrets: readonly string[]): Promise<Dialled> {
  if (spec.endpoint === undefined) throw new TypeError("a host without an address is not dialled");
  const clients: Client[] = [];
  let socket: Socket | undefined;
  const end = () => {
    for (const client of clients.toReversed()) client.destroy();
    socket?.destroy();
  };
  try {
    for (const endpoint of [...spec.hops, spec.endpoint]) {
      const before = clients.at(-1);
      const openStream = async () => {
        if (before) return openForward(before, endpoint, spec.perDialTimeout);
        socket = await openSocket(endpoint, spec.perDialTimeout);
        return socket;
      };
      const place = { host: endpoint.name, secrets };
      clients.push(await loginByType(endpoint, place, openStream, spec.perDialTimeout));
    }
  } catch (error) {
    end();
    throw error;
  }
  return { client: clients.at(-1)!, socket: socket!, end };
}

/**
 * Logs in with the types of host key that may fit, one attempt for each (there is one, but for
 * fingerprints).
 */
async function loginByType(
  endpoint: Endpoint,
  place: Place,
  openStream: () => Promise<Duplex>,
  timeout: number,
): Promise<Client> {
  const expected = expectKey(endpoint);
  let refusal: Error | undefined;
  for (const algorithms of offerAlgorithms(expected)) {
    try {
      const stream = await openStream();
      return await login({ endpoint, place, stream, expected, algorithms, timeout });
    } catch (error) {
      if (!(error instanceof OtherKeyShown)) throw error;
      // A key that was shown tells more than a type that the host does not have.
      if (refusal === undefined || /CHANGED/.test(error.message)) refusal = error.refusal;
    }
  }
  throw refusal;
}

function openSocket(endpoint: Endpoint, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const timer =
      timeout > 0
        ? setTimeout(() => fail(new Error(`no connection within ${timeout} s`)), timeout * 1000)
        : undefined;
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

function openForward(client: Client, to: Endpoint, timeout: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const timer =
      timeout > 0
        ? setTimeout(() => reject(new Error(`no connection within ${timeout} s`)), timeout * 1000)
        : undefined;
    client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, stream) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(stream);
    });
  });
}
