/**
 * What FreeBSD's tools take without parsing it again: allow-lists, one a kind of value. FreeBSD re-reads our
 * values (jail.conf interpolates `$`, mount lines split on blanks, `mount.devfs` puts the path into `sh -c`), so
 * quoting is not enough and everything outside the list is refused.
 */
import { z } from "zod";

/**
 * A jail's name. 1 to 31 letters, digits, "_" and "-", a letter first: a name of digits is a jid, "." separates
 * child jails and "*" matches every jail (jail(8)); 31 keeps `<name>.partial` and log names within every limit.
 */
export const jailName = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_-]{0,30}$/,
    'must be 1 to 31 letters, digits, "_" or "-", a letter first (jail(8) reads digits as a jid, "." as a child, "*" as every jail)',
  );

/** rc.d/jail maps every other character of a name to "_": two jails must still differ then. */
export const rcName = (name: string): string => name.replace(/[^a-zA-Z0-9]/g, "_");

/** An absolute path of the host that nothing splits or interpolates. */
export const hostPath = z.string().superRefine((path, context) => {
  const reason = pathFault(path, /^[A-Za-z0-9._/@+:,=-]+$/);
  if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
});

/** A path that only goes into fstab, where a blank is written as \040 (fstab(5)). */
export const mountPath = z.string().superRefine((path, context) => {
  const reason = pathFault(path, /^[A-Za-z0-9._/@+:,= -]+$/);
  if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
});

/** Why a path is refused, or undefined. */
function pathFault(path: string, allowed: RegExp): string | undefined {
  if (!path.startsWith("/")) return "must be an absolute path";
  if (path.length > 900) return "must be at most 900 characters long";
  if (path !== "/" && path.endsWith("/")) return 'must not end with "/"';
  if (/(^|\/)\.{1,2}(\/|$)/.test(path)) return 'must not contain "." or ".." as a component';
  if (path.includes("//")) return 'must not contain "//"';
  if (!allowed.test(path)) {
    return `must consist of letters, digits and ${allowed.source.includes("= -") ? '"._/@+:,=-" and blanks' : '"._/@+:,=-"'}`;
  }
  return undefined;
}

/** A network interface (15 characters at most, net/if.h IFNAMSIZ). */
export const interfaceName = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_.]{0,14}$/,
    "must be an interface name such as em0 (letters, digits, at most 15)",
  );

/** A host name by RFC 1123. */
export const hostname = z
  .string()
  .max(253, "must be at most 253 characters long")
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/,
    "must be a host name: labels of letters, digits and inner hyphens, joined by dots",
  );

/** A value in jail.conf: quotes, "$" and "\" are refused, never escaped. */
export const confValue = z
  .string()
  .max(1000, "must be at most 1000 characters long")
  .regex(/^[^"'$\\\p{Cc}]*$/u, 'must not contain quotes, "$", "\\" or control characters');

/** A release as FreeBSD names it. */
export const releaseName = z
  .string()
  .regex(
    /^\d{1,2}\.\d{1,2}-(RELEASE|RC\d{1,2}|BETA\d{1,2}|ALPHA\d{1,2}|STABLE|CURRENT)$/,
    'must be a release name such as "14.3-RELEASE"',
  );

export const sha256Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be a SHA-256 digest of 64 lower-case hexadecimal digits");
