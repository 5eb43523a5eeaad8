/** The end of a run: its output, whole and apart. */
export interface SuiteResult {
  exitCode?: number;
  all: string;
  stdout: string;
  stderr: string;
}

export function startSuite(args: string[]): Promise<SuiteResult> & { pid?: number };
