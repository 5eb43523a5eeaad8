/** Which commands the provider sends for one jail: recorded while it really makes, reads and deletes it. */
import { openSession, parseHost } from "../../dist/provider/host/index.js";
import { quoteWords } from "../../dist/provider/host/quote.js";
import { defineFunctions } from "../../dist/provider/host/script.js";
import { change } from "../../dist/provider/resources/engine.js";
import { jail } from "../../dist/provider/resources/jail.js";
import { read } from "../../dist/provider/resources/look.js";

/**
 * Resolves with the command lines for `create`, `read` and `delete`. Each command counts once: neither its repetition
 * under the lock nor the look afterwards, which one connection per command would have to pay, too.
 */
export async function recordCommands(host, inputs) {
  const storage = parseHost(host);
  const owner = `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/freebsd:Jail::${inputs.name}`;
  const target = {
    inputs: jail.schema.parse({ ...inputs, owner }),
    storage,
    mark: { id: inputs.name, owner },
    formerMarks: [],
  };
  const pause = () => Promise.resolve();
  const record = async (work) => {
    const commands = [];
    await work({ session: recording(openSession(storage), commands), pause });
    return commands.map(toLine);
  };
  return {
    create: await record((context) => change(context, jail, target, "present")),
    read: await record((context) => read(context, jail, target)),
    delete: await record((context) => change(context, jail, target, "absent")),
  };
}

function recording(session, commands) {
  const note = (method, list) => (argument) => {
    commands.push(...list(argument));
    return session[method](argument);
  };
  return {
    name: session.name,
    observe: note("observe", (asked) => asked),
    read: note("read", (asked) => asked),
    apply: note("apply", (batch) => batch.commands),
  };
}

/** A command as one line for a shell of its own, and the statuses that it may end with. */
function toLine(command) {
  const functions = defineFunctions([command]);
  const quiet = command.detached ? " >/dev/null 2>&1" : "";
  const line = `${functions}${quoteWords(command.argv)}${quiet}`;
  // What only looks may answer with any status.
  const accept = command.mutates ? (command.accept ?? [0]) : undefined;
  return { line, input: command.input, accept };
}
