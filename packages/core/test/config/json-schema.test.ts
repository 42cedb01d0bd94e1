import { describe, expect, test } from "vitest";
import { z } from "zod";
import { configJsonSchema, configShape } from "../../src/index.ts";

describe("the JSON Schema", () => {
  const schema = configJsonSchema() as { properties: Record<string, Record<string, unknown>>; [key: string]: unknown };

  test("names every key with a description and its default, and no other key", () => {
    expect(Object.keys(schema.properties)).toEqual(Object.keys(configShape));
    for (const property of Object.values(schema.properties))
      expect(property["description"]).toEqual(expect.any(String));
    expect(schema["additionalProperties"]).toBe(false);
    expect(schema.properties["timeout"]).toMatchObject({ default: "30s" });
    expect(schema.properties["region"]).toMatchObject({ default: "us-east-1" });
    expect(schema["required"]).toBeUndefined();
  });

  test("describes what people write", () => {
    const written = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    const region = { regionId: "b", endpoint: "http://b", timeout: "10s", weight: 2 };
    expect(written.safeParse({ regions: [region], quorum: { threshold: 1, of: [{ region: "b" }] } }).success).toBe(
      true,
    );
    expect(written.safeParse({ regions: [{ regionId: "b" }] }).success).toBe(false);
    expect(written.safeParse({ quorum: "most" }).success).toBe(false);
    expect(written.safeParse({ regoin: "b" }).success).toBe(false);
  });

  test("the shape can be extended by an app", () => {
    const extended = z.strictObject({ ...configShape, store: z.string() });
    expect(Object.keys(z.toJSONSchema(extended, { io: "input" }).properties ?? {})).toContain("store");
  });
});
