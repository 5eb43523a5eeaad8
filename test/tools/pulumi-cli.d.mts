/** The directory to put first on PATH for the Pulumi CLI, and how it came to be there. */
export function pulumiCli(options?: {
  say?: (line: string) => void;
}): Promise<{ path: string; how: "path" | "npm" | "built" }>;
