/** What of vitest's JSON report is needed to count. */
export interface TestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts tests so that nothing that went wrong looks like nothing that happened: a file that failed without a failed
 * test (it did not load, a hook threw) is a failure, and so is a run without any test.
 */
export function countTests({ testResults }: TestReport): TestCount {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const isFailed = ({ status }: { readonly status: string }) => status === "failed";
  const brokenFiles = testResults.filter((file) => isFailed(file) && !file.assertionResults.some(isFailed));
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failed = tests.filter(isFailed).length + brokenFiles.length;
  return passed + failed === 0 ? { passed: 0, failed: 1 } : { passed, failed };
}
