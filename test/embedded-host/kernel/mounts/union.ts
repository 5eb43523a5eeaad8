/** Options of mount_unionfs(8). */
import { FsError, type Union } from "../../contract.js";
import { optionValue } from "./options.js";

export const unionOptions: readonly string[] = ["below", "copymode", "whiteout"];

/** The union that the options ask for. Files are copied up with owner and mode: copymode=transparent, the default. */
export function unionOf(path: string, options: readonly string[]): Union {
  const copymode = optionValue(options, "copymode") ?? "transparent";
  const whiteout = optionValue(options, "whiteout") ?? "always";
  if (copymode !== "transparent") throw new FsError("EINVAL", path);
  if (whiteout !== "always" && whiteout !== "whenneeded") throw new FsError("EINVAL", path);
  return { path, below: options.includes("below"), alwaysWhiteout: whiteout === "always" };
}
