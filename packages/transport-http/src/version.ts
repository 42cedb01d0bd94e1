/** The version that requests name in `user-agent`. A test holds it equal to the one in package.json. */
export const version = "0.0.0";
