import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { configSchema } from "../../src/config/schema.ts";
import type { ConfigInput } from "../../src/index.ts";

/** Arrays of the documented type are readonly, those of the schema are not. */
type Writable<Value> = Value extends readonly (infer Item)[]
  ? Writable<Item>[]
  : Value extends object
    ? { -readonly [Key in keyof Value]: Writable<Value[Key]> }
    : Value;

test("the documented input and the schema say the same", () => {
  expectTypeOf<z.input<typeof configSchema>>().toExtend<ConfigInput>();
  expectTypeOf<Writable<ConfigInput>>().toExtend<z.input<typeof configSchema>>();
  expectTypeOf<keyof ConfigInput>().toEqualTypeOf<keyof z.input<typeof configSchema>>();
});
