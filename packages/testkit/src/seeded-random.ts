/** Chance that can be repeated: the same seed gives the same numbers on every machine, for ever. */
import type { Random, RandomId } from "@rsync/core";

/**
 * Numbers in [0, 1) that look random and follow from `seed`, of which the lower 32 bits count. Print the seed when a test
 * fails, and the run can be had again. Nothing secret may be made from it.
 */
export function seededRandom(seed: number): Random {
  const next = sfc32(seed);
  return () => next() / 2 ** 32;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const idLetters = 22;

/** Ids of 22 letters in the form of core's `RandomId`, distinct for all practical purposes, that follow from `seed`. */
export function seededRandomId(seed: number): RandomId {
  const random = seededRandom(seed);
  return () => Array.from({ length: idLetters }, () => letters.charAt(Math.floor(random() * letters.length))).join("");
}

/** Chris Doty-Humphrey's "small fast counter" generator: 128 bits of state, passes the usual batteries of tests. */
function sfc32(seed: number): () => number {
  let a = 0;
  let b = seed | 0;
  let c = 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first numbers of similar seeds are similar; after some rounds nothing of that is left.
  for (let round = 0; round < 15; round++) next();
  return next;
}
