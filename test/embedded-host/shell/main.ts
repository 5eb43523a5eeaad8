/** sh(1): options, where commands come from, and the loop. */
import { FsError, type Process } from "../contract.js";
import { strerror } from "../kernel/errors.js";
import { KernelProcess } from "../kernel/process.js";
import { toBytes, toText } from "./bytes.js";
import { ExitShell } from "./control.js";
import { Input } from "./input.js";
import { becomeInteractive, prompt } from "./interactive.js";
import { setOptions } from "./options.js";
import { evaluateInput } from "./script.js";
import { Shell } from "./shell.js";
import { runToExit } from "./subshell.js";

const DEFAULT_PATH = "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";
/** A block of a script on standard input, as FreeBSD's sh reads it: what lies beyond is left for commands. */
const BLOCK = 1023;

/** /bin/sh. */
export async function runShell(process: Process): Promise<number> {
  if (!(process instanceof KernelProcess)) throw new Error("sh needs a process of the kernel");
  const sh = new Shell(process);
  importEnvironment(sh);
  sh.name = toBytes(process.argv[0] ?? "sh");
  return runToExit(sh, async () => {
    const command = setUp(sh, process.argv.slice(1).map(toBytes));
    if (command !== undefined) {
      return evaluateInput(sh, new Input(command, true), { tail: true });
    }
    becomeInteractive(sh);
    return evaluateInput(sh, new Input("", false), { refill: (input) => refill(sh, input) });
  });
}

function importEnvironment(sh: Shell): void {
  const { variables, process } = sh;
  for (const [name, value] of process.env) {
    if (/^[A-Za-z_]\w*$/.test(name)) variables.set(name, toBytes(value), { export: true });
  }
  variables.set("IFS", " \t\n");
  variables.set("OPTIND", "1");
  variables.set("PPID", String(process.ppid));
  variables.set("PS1", process.credentials.uid === 0 ? "# " : "$ ");
  variables.set("PS2", "> ");
  variables.set("PS4", "+ ");
  if (variables.get("PATH") === undefined) variables.set("PATH", DEFAULT_PATH);
  variables.set("PWD", sh.directory);
}

/** Takes options and operands; the text to run, or undefined when it comes from standard input. */
function setUp(sh: Shell, args: string[]): string | undefined {
  const { operands, command } = setOptions(sh, args);
  const first = sh.has("stdin") ? undefined : operands.shift();
  if (command) {
    if (first === undefined) {
      sh.warn("Bad -c option");
      throw new ExitShell(2);
    }
    sh.name = operands.shift() ?? sh.name;
  }
  sh.parameters = operands;
  if (first === undefined) {
    sh.options.add("stdin");
    return undefined;
  }
  return command ? first : readScript(sh, first);
}

function readScript(sh: Shell, file: string): string {
  const { files } = sh.process.machine;
  try {
    const text = files.read(sh.process, toText(file)).toString("latin1");
    sh.name = file;
    sh.commandName = file;
    return text;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    sh.warn(`cannot open ${file}: ${strerror(error.code)}`);
    throw new ExitShell(error.code === "ENOENT" ? 127 : 126);
  }
}

/**
 * Reads more of a script from standard input. In the middle of a long command it takes what is there in one go,
 * so that the command is not parsed again for each block.
 */
async function refill(sh: Shell, input: Input): Promise<void> {
  const asking = sh.has("interactive") ? prompt(sh, input) : undefined;
  const first = await sh.process.stdin.take(BLOCK);
  asking?.done();
  if (first === null) {
    input.final = true;
    return;
  }
  const blocks = [first.toString("latin1")];
  const wanted = input.text.length / 2;
  for (let size = first.length; size < wanted; ) {
    const block = sh.process.stdin.takeNow(BLOCK);
    if (block === undefined || block === null) break;
    blocks.push(block.toString("latin1"));
    size += block.length;
  }
  input.text += blocks.join("");
}
