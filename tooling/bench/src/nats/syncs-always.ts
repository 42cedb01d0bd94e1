/** Whether JetStream can be told to fsync before it acknowledges: `sync_interval: always`, since 2.10. */
export function syncsAlways(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}
