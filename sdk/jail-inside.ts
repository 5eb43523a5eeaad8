import * as pulumi from "@pulumi/pulumi";

/** A command in the jail, as `pulumi-command` has them. */
export interface JailCommandArgs {
  /** Words, or a line for the jail's /bin/sh: run when this command never ran in the jail. */
  create: JailCommandLine;
  /** Run in its place when `create`, `update` or `triggers` have changed since it last ran. Default: `create`. */
  update?: JailCommandLine;
  /** Any texts: with other ones it runs again. Default none. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Variables of its environment, which may be secrets (`pulumi.secret`): they are in no command line and redacted in
   * errors. A change of these alone runs nothing. Default none.
   */
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Seconds that it may take, 1 to 86400. Default 300. */
  timeout?: pulumi.Input<number>;
}

export type JailCommandLine = pulumi.Input<string> | pulumi.Input<pulumi.Input<string>[]>;

/** By the commands' names, of letters, digits, `_` and `-`; a line or words alone are its `create`. */
export type JailCommandsArgs = pulumi.Input<
  Record<
    string,
    pulumi.Input<string> | pulumi.Input<pulumi.Input<string>[]> | pulumi.Input<JailCommandArgs>
  >
>;

/** A user of the jail, by pw(8). What is left out is pw's default for a new user, and not touched for another. */
export interface JailUserArgs {
  /** Number. Files keep the old one. */
  uid?: pulumi.Input<number>;
  /** Full name. */
  comment?: pulumi.Input<string>;
  /**
   * Absolute path, made for a new user, but for `/nonexistent` and `/var/empty`. A change does not move it. pw's default:
   * `/home/<name>`.
   */
  home?: pulumi.Input<string>;
  /** Absolute path of the login shell. pw's default: `/bin/sh`. */
  shell?: pulumi.Input<string>;
  /** All groups beside the user's own; they must be there. Left out again, the user leaves those. */
  groups?: pulumi.Input<pulumi.Input<string>[]>;
  /** A hash of crypt(3), as `openssl passwd -6` makes it, or `"*"`: none fits. Kept as a secret. */
  password?: pulumi.Input<string>;
  /** All lines of `~/.ssh/authorized_keys`, which is written as that user. Left out again, the file is removed. */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

export type JailUsersArgs = pulumi.Input<Record<string, pulumi.Input<boolean | JailUserArgs>>>;

/** A repository of pkg(8), by the names of pkg.conf(5). */
export interface JailRepositoryArgs {
  /** For example `"pkg+https://pkg.FreeBSD.org/${ABI}/latest"`. Needed, but to switch one of the base on or off. */
  url?: pulumi.Input<string>;
  /** Default: pkg's, which is `"none"`. */
  mirrorType?: pulumi.Input<"srv" | "http" | "none">;
  /** Default: pkg's, which is `"none"`: nothing is checked. */
  signatureType?: pulumi.Input<"none" | "pubkey" | "fingerprints">;
  /** Path in the jail of the key for `"pubkey"`. */
  pubkey?: pulumi.Input<string>;
  /** Directory in the jail of the fingerprints for `"fingerprints"`, e.g. `"/usr/share/keys/pkg"`. */
  fingerprints?: pulumi.Input<string>;
  /** -1000 to 1000, higher ones are preferred. Default: pkg's, which is 0. */
  priority?: pulumi.Input<number>;
  /** Default `true`. */
  enabled?: pulumi.Input<boolean>;
}

/** Marks passwords as secrets, and of what is known nothing else: a secret user would hide every difference. */
export function usersInput(users: JailUsersArgs | undefined): unknown {
  if (users === undefined) return undefined;
  if (isLater(users)) return pulumi.secret(users);
  return Object.fromEntries(
    Object.entries(users as Record<string, pulumi.Input<boolean | JailUserArgs>>).map(
      ([name, user]) => [name, userInput(user)],
    ),
  );
}

function userInput(user: pulumi.Input<boolean | JailUserArgs>): unknown {
  if (isLater(user)) return pulumi.secret(user);
  const { password } = user as JailUserArgs;
  return password === undefined ? user : { ...(user as object), password: pulumi.secret(password) };
}

const isLater = (value: unknown): boolean =>
  pulumi.Output.isInstance(value) || value instanceof Promise;
