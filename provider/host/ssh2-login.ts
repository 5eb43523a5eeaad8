/** One login with ssh2: over a given stream, with the host's key verified. */
import type { Duplex } from "node:stream";
import { Client, type ServerHostKeyAlgorithm } from "ssh2";
import {
  authenticationRefused,
  hostKeyRefused,
  noCommonKeyType,
  type Place,
} from "./error-texts.js";
import { type ExpectedKey, type KeyVerdict, verifyHostKey } from "./host-key.js";
import type { Endpoint } from "./host-spec.js";
import { type LoginPlan, planLogin } from "./ssh2-auth.js";

export interface LoginOptions {
  readonly endpoint: Endpoint;
  readonly place: Place;
  readonly stream: Duplex;
  readonly expected: ExpectedKey;
  readonly algorithms: readonly string[];
  /** Seconds; 0 is without limit. */
  readonly timeout: number;
}

/**
 * The host showed a key, or has none, of the offered type, other than the pinned one: another type
 * may fit.
 */
export class OtherKeyShown extends Error {
  constructor(readonly refusal: Error) {
    super(refusal.message);
  }
}

/**
 * Logs in and returns the client. Throws `HostError` when the host or its key says no,
 * `OtherKeyShown`, or a plain error when the connection failed on the way.
 */
export async function login(options: LoginOptions): Promise<Client> {
  const plan = await planLogin(options.endpoint);
  const client = new Client();
  try {
    return await new Promise<Client>((resolve, reject) => {
      const attempt = new Attempt(options, plan);
      const timer = setLimit(options.timeout, () =>
        reject(new Error(`no login within ${options.timeout} s`)),
      );
      const settle = (error?: Error) => {
        clearTimeout(timer);
        if (error) reject(attempt.explain(error));
        else resolve(client);
      };
      client.once("ready", () => settle());
      client.on("error", (error: Error & { level?: string }) => {
        // An agent that cannot be asked is one method that failed, not the end.
        if (error.level === "agent") attempt.tried.push(`agent: ${error.message}`);
        else settle(error);
      });
      client.once("close", () => settle(new Error("Connection closed during login")));
      client.connect(attempt.config());
    });
  } catch (error) {
    client.destroy();
    throw error;
  }
}

function setLimit(seconds: number, expire: () => void): NodeJS.Timeout | undefined {
  return seconds > 0 ? setTimeout(expire, seconds * 1000) : undefined;
}

/** What one login knows of its course, to explain how it ended. */
class Attempt {
  readonly tried: string[];
  private verdict: KeyVerdict | undefined;
  private next = 0;

  constructor(
    private readonly options: LoginOptions,
    private readonly plan: LoginPlan,
  ) {
    this.tried = [...plan.skipped];
  }

  config(): Parameters<Client["connect"]>[0] {
    const { endpoint, expected, stream, algorithms } = this.options;
    return {
      username: endpoint.user,
      sock: stream,
      readyTimeout: 0,
      algorithms: { serverHostKey: algorithms as ServerHostKeyAlgorithm[] },
      hostVerifier: (key: Buffer) => {
        this.verdict = verifyHostKey(endpoint, expected, key);
        return this.verdict.kind === "trusted";
      },
      authHandler: (allowed, _partial, callback) => {
        const method = this.nextMethod(allowed);
        // The types of ssh2 do not know that `false` means: nothing left.
        callback(method ?? (false as never));
      },
    };
  }

  explain(error: Error & { level?: string }): Error {
    const { place, expected } = this.options;
    if (this.verdict !== undefined && this.verdict.kind !== "trusted") {
      const refusal = hostKeyRefused(place, this.verdict, expected.source);
      return this.verdict.kind === "changed" && expected.fingerprint !== undefined
        ? new OtherKeyShown(refusal)
        : refusal;
    }
    if (/no matching host key/.test(error.message)) {
      const refusal = noCommonKeyType(place, expected.source);
      return expected.fingerprint === undefined ? refusal : new OtherKeyShown(refusal);
    }
    if (error.level === "client-authentication") return authenticationRefused(place, this.tried);
    return error;
  }

  /** The next method that the host allows; undefined when there is none left. */
  private nextMethod(allowed: readonly string[] | null) {
    for (;;) {
      const entry = this.plan.methods[this.next++];
      if (entry === undefined) return undefined;
      const { method, title } = entry;
      const kind = method.type === "agent" ? "publickey" : method.type;
      if (allowed === null || allowed.includes(kind)) {
        this.tried.push(title);
        return method;
      }
      this.tried.push(`${title} (not allowed by the host)`);
    }
  }
}
