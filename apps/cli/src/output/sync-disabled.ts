/** Why an answer about the other regions would be none. */
export const syncDisabled = "sync is switched off in this region: nothing is asked of the others";
