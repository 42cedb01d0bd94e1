/** The configuration's shape for editors. */
import { z } from "zod";
import { configSchema } from "./schema.ts";

/**
 * JSON Schema (draft 2020-12) of what people write. The package ships it as `config.schema.json`. Rules between keys,
 * and the legacy form, are not in it. An app with further keys makes its own from `configShape`.
 */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "Receipt Sync configuration" };
}
