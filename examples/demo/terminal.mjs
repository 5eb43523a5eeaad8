/** How the demo looks: headlines, the CLI's output indented, colours on a terminal only. */

/** Colours unless the output goes to a file; FORCE_COLOR and NO_COLOR overrule, as everywhere. */
export const coloured = process.env.NO_COLOR
  ? false
  : Boolean(process.env.FORCE_COLOR ?? process.stdout.isTTY);

const paint = (code) => (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint("1");
export const dim = paint("2");
const red = paint("31");
const green = paint("32");
const yellow = paint("33");
const headlineStyle = paint("1;36");

let steps = 0;

/** Starts a step. */
export function headline(text) {
  steps += 1;
  console.log(`\n${headlineStyle(`${steps}. ${text}`)}`);
}

/** A sentence of the demo itself. */
export function say(text) {
  console.log(`   ${text}`);
}

/** A command, and what it printed. */
export function showCommand(prompt, line) {
  console.log(`   ${dim(prompt)} ${bold(line)}`);
}

export function showLine(line) {
  console.log(`   ${dim("│")} ${line}`);
}

/** A change of a text: the lines that went and the lines that came. */
export function showEdit(from, to) {
  const [before, after] = [from.split("\n"), to.split("\n")];
  const gone = before.filter((line) => !after.includes(line));
  const come = after.filter((line) => !before.includes(line));
  for (const line of gone) console.log(`   ${red(`- ${line.trim()}`)}`);
  for (const line of come) console.log(`   ${green(`+ ${line.trim()}`)}`);
}

/** Something that the demo has compared, and how it came out; false makes the demo fail. */
export function showResult(holds, text) {
  console.log(`   ${holds ? green("✓") : red("✗")} ${holds ? text : yellow(text)}`);
  if (!holds) process.exitCode = 1;
}
