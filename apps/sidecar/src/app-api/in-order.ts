/** Many at once, results in the order of the input. */

interface Slot<Out> {
  readonly done: Promise<void>;
  out: { readonly value: Out } | undefined;
}

/** Where one side waits until the other has done something. */
class Gate {
  #open: (() => void) | undefined;

  wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = resolve;
    return promise;
  }

  open(): void {
    this.#open?.();
    this.#open = undefined;
  }
}

/**
 * Takes items as long as fewer than `windowMax` are not yet given back, works on all of them at once, and yields what is done
 * at the front: one or more results at a time. A result is given as soon as it and all before it are done, whether or not more
 * input has come. `work` must not reject.
 */
export async function* inOrder<In, Out>(
  items: AsyncIterable<readonly In[]>,
  windowMax: number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<readonly Out[], void> {
  const window: Slot<Out>[] = [];
  const room = new Gate();
  const arrival = new Gate();
  const input: { open: boolean; failure: { readonly error: unknown } | undefined } = { open: true, failure: undefined };
  let abandoned = false;
  const take = async (): Promise<void> => {
    for await (const some of items) {
      for (const item of some) {
        while (window.length >= windowMax && !abandoned) await room.wait();
        if (abandoned) return;
        window.push(begin(work(item)));
        arrival.open();
      }
    }
  };
  void take()
    .catch((error: unknown) => {
      input.failure = { error };
    })
    .then(() => {
      input.open = false;
      arrival.open();
    });
  try {
    while (input.open || window.length > 0) {
      await (window[0]?.done ?? arrival.wait());
      const done = takeDone(window);
      if (done.length > 0) {
        room.open();
        yield done;
      }
    }
    if (input.failure !== undefined) throw input.failure.error;
  } finally {
    abandoned = true;
    room.open();
  }
}

function begin<Out>(working: Promise<Out>): Slot<Out> {
  const slot: { done: Promise<void>; out: Slot<Out>["out"] } = { done: Promise.resolve(), out: undefined };
  slot.done = working.then((value) => {
    slot.out = { value };
  });
  return slot;
}

function takeDone<Out>(window: Slot<Out>[]): readonly Out[] {
  const done: Out[] = [];
  for (const { out } of window) {
    if (out === undefined) break;
    done.push(out.value);
  }
  window.splice(0, done.length);
  return done;
}
