import type { Logger } from "@rsync/core";

/**
 * A logger of the service's own must not throw; one that does anyway must not cost a delivery (I2). There is nobody left to
 * tell, so its error ends here.
 */
export function guardedLogger(logger: Logger): Logger {
  return (line) => {
    try {
      logger(line);
    } catch {
      // The line is lost, and nothing else.
    }
  };
}
