/**
 * Recorded hosts at moments of their sessions, asked as the provider asks a host. What the recording itself answers is
 * taken from it; the embedded host, brought to the same moment by the same steps, answers the rest.
 */
import { afterEach, expect } from "vitest";
import type { CommandResult } from "../../provider/freebsd/command.js";
import { factCommands } from "../../provider/freebsd/sysctl.js";
import { openSession, parseHost, type Session } from "../../provider/host/index.js";
import type {
  CommonInputs,
  Definition,
  Observation,
  Results,
  Target,
} from "../../provider/resources/resource.js";
import type { Release } from "../embedded-host/contract.js";
import { type EmbeddedHost, startEmbeddedHost } from "../embedded-host/index.js";
import { preparations } from "./preparations.js";
import { commandOf, renameStep } from "./replay.js";
import { readSession, type Step } from "./transcripts.js";
import { wordsOf } from "./words.js";

/** What each session builds on, in the order in which they ran. */
const CHAINS: Readonly<Record<string, readonly string[]>> = {
  "01": [],
  "03": [],
  "04": ["03"],
  "05": ["03", "04"],
  "08": ["03", "04", "05"],
  "12": [],
  "13": ["03", "04", "12"],
  "20": ["03", "04", "05", "12"],
  "21": ["03", "04"],
  "22": ["03", "04"],
};

/** Commands of the sessions that change nothing: what stands between two changes tells of one moment. */
const LOOKS = new RegExp(
  [
    "jls|ifconfig( -[lfa]\\b.*| \\w+( inet6?)?)?$|mount( -p)?$|(ls|stat|tail|grep|find|du|df|arp|ndp) |cat /|sed -n",
    "sysrc -n|sysctl|id|uname|hostname$|freebsd-version|kldstat|kldload|netstat|zfs (list|get)|zpool list|jail -e",
    "jexec (-l )?\\w+ (hostname|id|env|true|sh -c 'exit|nosuchcommand|ps|cat|mount -p|df)",
  ]
    .join("|")
    .replace(/^.*$/s, "^($&)"),
);

export interface Moment {
  readonly host: EmbeddedHost;
  readonly session: Session;
  readonly release: Release;
  /** Answered lines of the recording between the changes before and after the moment. */
  readonly answers: readonly Step[];
}

export interface MomentOptions {
  /** Which of several equal commands, from 0. */
  readonly nth?: number;
  /** Puts the provider's names for files in: into commands, input and answers. */
  readonly rename?: (text: string) => string;
}

const started: EmbeddedHost[] = [];

afterEach(async () => {
  const hosts = started.splice(0);
  for (const { defects } of hosts) if (defects.length > 0) throw defects[0];
  await Promise.all(hosts.map((host) => host.stop()));
});

/** Brings a host to where a recorded one stood after a step: the n-th whose command begins with `command`. */
export async function standAfter(
  release: Release,
  session: string,
  command: string,
  { nth = 0, rename = (text) => text }: MomentOptions = {},
): Promise<Moment> {
  const host = await startEmbeddedHost({ release, speed: 20 });
  started.push(host);
  for (const earlier of CHAINS[session] ?? []) {
    await prepare(host, release, earlier);
    for (const step of readSession(release, earlier)) await take(host, step);
  }
  await prepare(host, release, session);
  const steps = readSession(release, session).map((step) => renameStep(step, rename));
  const matching = steps.filter((step) => commandOf(step).startsWith(command));
  const at = steps.indexOf(matching[nth] ?? {});
  if (at < 0) throw new Error(`${release}/${session} has no step ${nth} "${command}"`);
  for (const step of steps.slice(0, at + 1)) await take(host, step);
  const login = { host: host.address, port: host.port, hostKey: host.hostKey };
  const spec = parseHost({ ...login, privateKey: host.privateKey }, { variables: {}, home: "/" });
  const answers = around(steps, at);
  return { host, session: openSession(spec, { snapshotSeconds: 0 }), release, answers };
}

/** Not all of it is due, as sessions between were left out: what is not there cannot be removed. */
async function prepare(host: EmbeddedHost, release: Release, session: string): Promise<void> {
  const due = preparations.filter(
    (one) => one.session === session && (one.release ?? release) === release,
  );
  for (const line of due.flatMap(({ lines }) => lines)) await host.run(line);
}

const take = (host: EmbeddedHost, step: Step) =>
  host.run(commandOf(step), { stdin: step.stdin ?? "" });

/** A look, or a change of something that is not there. */
const isLook = ({ command = "", status, stderr = "" }: Step): boolean =>
  LOOKS.test(command) || (status === 1 && /^jail: "\S+" not found\n$/.test(stderr));

/** The looks beside a step, until something changes. */
function around(steps: readonly Step[], at: number): Step[] {
  let [first, last] = [at, at];
  while (first >= 0 && isLook(steps[first]!)) first -= 1;
  while (last + 1 < steps.length && isLook(steps[last + 1]!)) last += 1;
  return steps.slice(first + 1, last + 1);
}

export interface Seen<O> {
  readonly picture: O;
  /** The questions that the recording answered: itself, or for the whole host. */
  readonly recorded: readonly string[];
}

export interface SeeOptions {
  readonly goal?: "present" | "absent";
  /** Questions to which no two machines give one answer (digests of their archives). */
  readonly unlike?: readonly string[];
}

/**
 * The picture that a definition makes of the moment. However it is asked, as a change or as a refresh does, with and
 * without the recording's answers, the picture is one.
 */
export async function see<I extends CommonInputs, O>(
  moment: Moment,
  definition: Definition<I, O>,
  target: Target<I>,
  { goal = "present", unlike = [] }: SeeOptions = {},
): Promise<Seen<O>> {
  const { observe, read } = moment.session;
  const prepare = definition.prepare?.(target, goal) ?? {};
  const watch = { ...factCommands, ...definition.observe(target) };
  const prepared = await ask(observe, prepare);
  const narrow = { ...prepared, ...(await ask(observe, watch)) };
  const wide = { ...prepared, ...(await ask(read, watch)) };
  const recorded = recordedAnswers(moment, { ...prepare, ...watch });
  const own = Object.fromEntries(Object.entries(recorded).filter(([key]) => unlike.includes(key)));
  const picture = definition.parse(target, { ...narrow, ...recorded });
  expect(definition.parse(target, { ...narrow, ...own })).toEqual(picture);
  expect(definition.parse(target, { ...wide, ...own })).toEqual(picture);
  return { picture, recorded: Object.keys(recorded).sort() };
}

async function ask(how: Session["observe"], questions: Observation): Promise<Results> {
  const answers = await how(Object.values(questions));
  return Object.fromEntries(Object.keys(questions).map((key, i) => [key, answers[i]!]));
}

/** By question, what the recording answers to its narrow or its wide form. */
function recordedAnswers(moment: Moment, questions: Observation): Record<string, CommandResult> {
  return Object.fromEntries(
    Object.entries(questions).flatMap(([key, { argv, wide }]) => {
      const all = wide === undefined ? undefined : recordedAnswer(moment, wide.command.argv);
      const answer = recordedAnswer(moment, argv) ?? (all && wide?.pick(all));
      return answer === undefined ? [] : [[key, answer]];
    }),
  );
}

function recordedAnswer({ answers }: Moment, argv: readonly string[]): CommandResult | undefined {
  const text = argv.join("\0");
  const step = answers.find(({ command = "" }) => wordsOf(command)?.join("\0") === text);
  if (step === undefined) return absentJail(answers, argv);
  const { status = 0, stdout = "", stderr = "" } = step;
  return { status, stdout, stderr };
}

/** Of a jail that is not there jls(8) says the same, whatever is asked; it is also told by a list without the jail. */
function absentJail(answers: readonly Step[], argv: readonly string[]): CommandResult | undefined {
  const name = argv[0] === "jls" && argv.includes("-j") ? argv[argv.indexOf("-j") + 1] : undefined;
  const stderr = `jls: jail "${name}" not found\n`;
  const told = ({ command = "", ...step }: Step) =>
    command === "jls -q name"
      ? !step.stdout?.split("\n").includes(name ?? "")
      : command.startsWith("jls ") && step.stderr === stderr;
  return name !== undefined && answers.some(told) ? { status: 1, stdout: "", stderr } : undefined;
}
