/**
 * Inside the shell a string holds bytes, one a character: the C locale counts bytes, and binary data pass
 * unharmed. The rest of the machine has text. ASCII, nearly everything, is the same in both.
 */

const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Bytes of the shell as text of the machine: arguments, paths, variables of the environment. */
export function toText(bytes: string): string {
  return BEYOND_ASCII.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

/** Text of the machine as bytes of the shell. */
export function toBytes(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}
