/** The longest name of a region, in UTF-16 units: the bound keeps headers and metrics small. */
export const REGION_ID_CHARS_MAX = 128;

/** No control character and no half of a surrogate pair: neither could stand in a receipt's source. */
export const REGION_ID_FORM = /^[^\p{Cc}\p{Cs}]*$/u;

/** Whether a region may bear this name, in a configuration as in the headers of a peer. */
export function isRegionId(text: string): boolean {
  return text !== "" && text.length <= REGION_ID_CHARS_MAX && REGION_ID_FORM.test(text);
}
