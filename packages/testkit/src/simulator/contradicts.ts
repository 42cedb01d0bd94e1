/** Does what somebody remembers of a store show that the store has lost something? */
import type { Epoch, MemoryLog, StoreMark } from "@rsync/core";

/** The mark can not be of what is here now: by the openings alone, without core's verdict. */
export function contradicts(mark: StoreMark, log: MemoryLog | undefined): boolean {
  if (log === undefined) return true;
  if (!log.epochs.some(({ storeId }) => storeId === mark.storeId)) return true;
  const index = log.epochs.findIndex(({ epoch }) => epoch === mark.epoch);
  if (index === -1) return mark.storeId === log.introduction().store.storeId;
  const next: Epoch | undefined = log.epochs[index + 1];
  return mark.position > (next?.startPosition ?? log.introduction().store.position);
}
