/** A JSON log line in the form of the seeds: `2025-11-16T12:00:00Z INFO: message`, and the fields that it does not tell. */
export function textLine(json: string): string {
  const { level, time, msg, ...fields }: Record<string, unknown> = JSON.parse(json);
  const message = String(msg);
  const untold = Object.entries(fields).filter(([, value]) => !message.includes(String(value)));
  const details = untold.map(([key, value]) => ` ${key}=${formatValue(value)}`).join("");
  const line = `${String(time).replace(/\.\d+Z$/, "Z")} ${String(level).toUpperCase()}: ${message}${details}`;
  return `${escapeControls(line)}\n`;
}

function formatValue(value: unknown): string {
  return typeof value === "string" && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
}

/** What other regions and services said stands in these lines: it must not begin a line, move a cursor or turn letters round. */
function escapeControls(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}
