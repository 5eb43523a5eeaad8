/** The short form of a host: "ssh://user@host:port" or "local:". */
import { z } from "zod";

const pattern = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]/@]+\]|[^:/@[\]]+)(?::([0-9]+))?\/?$/;

/**
 * Turns the short form into the object form and leaves objects as they are. Refuses what a URL may
 * hold and a host does not: a password (it would be shown wherever the host's name is), a path, a
 * query.
 */
export function parseHostUrl(value: unknown, context: z.RefinementCtx): unknown {
  if (typeof value !== "string") return value;
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message, input: undefined });
    return z.NEVER;
  };
  if (value === "local:") return { transport: "local" };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return refuse('must be "ssh://user@host:port" or "local:"');
  if (scheme !== "ssh") return refuse(`unknown scheme "${scheme}:": use "ssh:" or "local:"`);
  if (/^ssh:\/\/[^@/]*:[^@/]*@/.test(value)) {
    return refuse("must not hold a password: use the field password, or a key");
  }
  if (/^ssh:\/\/[^/]*\/[^/]/.test(value) || /[?#]/.test(value)) {
    return refuse("must not hold a path: use the field root for the jails' directory");
  }
  const match = pattern.exec(value);
  if (!match) return refuse("is not a URL of the form ssh://user@host:port");
  const [, user, host, port] = match;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}
