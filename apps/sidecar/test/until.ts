import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is yes: for what another process announces nowhere. The test's own timeout ends it. */
export async function until<Answer>(ask: () => Promise<Answer>, isYes: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isYes(answer)) return answer;
    await sleep(20);
  }
}
