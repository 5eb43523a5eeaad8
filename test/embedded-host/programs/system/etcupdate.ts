import type { Process } from "../../contract.js";

/** etcupdate(8) on a host that never built its reference tree: there is nothing to compare or to merge with. */
export function etcupdate(process: Process): number {
  const command = process.argv.slice(1).find((word) => !word.startsWith("-"));
  if (command === "status") return 0;
  if (command === "diff") {
    process.stdout.write("Reference tree to diff against unavailable.\n");
    return 1;
  }
  process.stdout.write(
    "usage: etcupdate [-npBFN] [-d workdir] [-r | -s source | -t tarball] [-A patterns] " +
      "[-D destdir] [-I patterns] [-L logfile] [-M options] [-m make]\n",
  );
  return 1;
}
