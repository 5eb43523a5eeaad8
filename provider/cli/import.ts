/** `npx pulumi-freebsd import`: the jails that other tools made on a host, as a program that takes them over. */
import { importJail } from "./import-inputs.js";
import { renderProgram } from "./import-program.js";
import { surveyHost } from "./import-survey.js";
import { namedHost, readSettings } from "./settings.js";
import { splitWords } from "./words.js";

export const usage = `usage: pulumi-freebsd import [HOST]

Prints a TypeScript program with one Jail for each jail that jail.conf, Bastille, iocage, ezjail or qjail made on a host.
Nothing on the host is changed; pulumi up with the program takes the jails over as they are, where they are.
HOST is e.g. ssh://root@jailhost1.example.org; without it, what PULUMI_FREEBSD_HOST or your file says.
`;

/** Undefined when the words are not as the usage says. */
export async function importHost(
  words: readonly string[],
  write: (text: string) => void,
): Promise<number | undefined> {
  const parsed = splitWords(words, {});
  if (parsed === undefined || parsed.rest.length > 0) return undefined;
  const named = namedHost(readSettings(), parsed.name);
  if (named === undefined) return undefined;
  const { found, left } = await surveyHost(named.spec);
  const jails = found.map((each) => ({ jail: each.jail, ...importJail(each) }));
  const host = withoutSecrets(named.input);
  write(renderProgram({ host: parsed.name ?? host, jails, left }));
  return 0;
}

const secrets = new Set(["password", "privateKey", "privateKeyPassword"]);

/** A password or key that a file of settings holds, of a hop too, is not for a program. */
const withoutSecrets = (host: object): unknown =>
  JSON.parse(JSON.stringify(host, (key, value) => (secrets.has(key) ? undefined : value)));
