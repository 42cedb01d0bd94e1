import { randomUUID } from "node:crypto";
import type { Random, RandomId } from "@rsync/core";

/** Chance, as this process draws it: with its neighbour below the only place of this package that does (I10). */
export const systemRandom: Random = Math.random;

/** 122 random bits. */
export const systemRandomId: RandomId = () => randomUUID();
