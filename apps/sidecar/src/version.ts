import manifest from "../package.json" with { type: "json" };

/** The version of this sidecar. */
export const { version } = manifest;
