/** The hosts that this process talks to: one connection for each way to each host. */
import { createHash } from "node:crypto";
import { Connection } from "./connection.js";
import type { Place } from "./error-texts.js";
import type { Endpoint, HostSpec } from "./host-spec.js";
import { connectLocal } from "./local.js";
import { connectOpenssh } from "./openssh.js";
import { type SharedHost, shareHost } from "./session-impl.js";
import { connectSsh2 } from "./ssh2.js";
import type { Transport } from "./transport.js";

const hosts = new Map<string, SharedHost>();

/** What sessions with this host share; made at the first call. */
export function findHost(spec: HostSpec): SharedHost {
  const identity = identityOf(spec);
  const known = hosts.get(identity);
  if (known) return known;
  const place = { host: spec.name, secrets: secretsOf(spec) };
  const connection = new Connection({
    place,
    connect: () => connectTo(spec, place),
    become: spec.become,
    maxSessions: spec.maxSessions,
    retries: spec.dialErrorLimit,
  });
  const host = shareHost(place, connection);
  hosts.set(identity, host);
  return host;
}

/** Closes all connections of this process; sessions stay usable and dial again. */
export function closeConnections(): void {
  for (const { connection } of hosts.values()) connection.close();
}

/**
 * Equal for specs that may share a connection: same way, same user, same proof of who the host is
 * and who we are. Where jails live does not matter. A digest, because credentials are part of it.
 */
export function identityOf(spec: HostSpec): string {
  const { root: _root, dataset: _dataset, ...way } = spec;
  return createHash("sha256").update(JSON.stringify(way)).digest("hex");
}

/** Strings of a spec that must not show in messages. */
export function secretsOf(spec: HostSpec): string[] {
  const endpoints: Endpoint[] = [...spec.hops, ...(spec.endpoint ? [spec.endpoint] : [])];
  return endpoints.flatMap(({ credentials }) =>
    [credentials.password, credentials.privateKey, credentials.privateKeyPassword].filter(
      (secret) => secret !== undefined,
    ),
  );
}

async function connectTo(spec: HostSpec, place: Place): Promise<Transport> {
  switch (spec.transport) {
    case "local":
      return connectLocal(spec, place);
    case "openssh":
      return connectOpenssh(spec, place);
    case "ssh2":
      return connectSsh2(spec, place);
  }
}
