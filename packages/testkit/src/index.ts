// Time and chance for tests
export { seededRandom, seededRandomId } from "./seeded-random.ts";
export { type VirtualClock, type VirtualClockOptions, virtualClock } from "./virtual-clock.ts";
