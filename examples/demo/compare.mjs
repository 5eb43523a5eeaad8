/** Compares two pictures of a host: lists of lines, one a fact, whose order means nothing. */

/** The facts that went, with a minus, and those that came, with a plus. */
export function listDifferences(before, after) {
  const gone = without(before, after).map((line) => `- ${line}`);
  const come = without(after, before).map((line) => `+ ${line}`);
  return [...gone, ...come];
}

/** The lines of one list that the other lacks; a line that is there twice counts twice. */
function without(lines, others) {
  const left = new Map();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
