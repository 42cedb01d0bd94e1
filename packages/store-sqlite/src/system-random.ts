import { randomBytes } from "node:crypto";
import type { RandomId } from "@rsync/core";

/** 128 bits of the machine's randomness as 22 characters. A file of its own, because only such files may draw any (I10). */
export const systemRandomId: RandomId = () => randomBytes(16).toString("base64url");
