/** Writes the host's key and a key that is let in there to `.ssh` of a home directory. */
export function writeCredentials(
  home: string,
  host: { privateKey: string; knownHostsLine: string },
): Promise<void>;
