/** The parameters of a query, each at most once; unknown ones are refused, because a typing error must not pass for a default. */
import { nearestKey } from "@rsync/core";
import type { FastifyRequest } from "fastify";
import { Refusal } from "./answer.ts";
import { invalidRequest } from "./answer-error.ts";

export function readQuery<Name extends string>(
  request: FastifyRequest,
  names: readonly Name[],
): { readonly [Key in Name]?: string } {
  const read: { [Key in Name]?: string } = {};
  for (const [written, value] of Object.entries(request.query ?? {})) {
    const name = names.find((each) => each === written);
    if (name === undefined) throw new Refusal(invalidRequest(unknownParameter(written, names)));
    if (typeof value !== "string") throw new Refusal(invalidRequest(`${name} must be given once`));
    read[name] = value;
  }
  return read;
}

function unknownParameter(written: string, names: readonly string[]): string {
  const meant = nearestKey(written, names);
  const known = names.length === 0 ? "this route takes none" : `known are ${names.join(", ")}`;
  return `Unknown query parameter ${JSON.stringify(written.slice(0, 80))} (${meant === undefined ? known : `did you mean ${meant}?`})`;
}

/** One of a few words, or `undefined` where the parameter is absent. */
export function readWord<Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const word = words.find((each) => each === text);
  if (text === undefined || word !== undefined) return word;
  throw new Refusal(invalidRequest(`${name} must be ${words.join(", ")}, not ${JSON.stringify(text.slice(0, 80))}`));
}

/** A whole number of a parameter, or `fallback` where it is absent. */
export function readWholeNumber(
  name: string,
  text: string | undefined,
  range: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  if (text === undefined) return range.fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new Refusal(invalidRequest(`${name} must be a whole number from ${range.min} to ${range.max}`));
}
