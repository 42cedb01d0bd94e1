/** One reload at a time; any number of requests during one ask for one more. */
export class ReloadRequests {
  #wanted = false;
  #running = false;
  #reload: (() => Promise<void>) | undefined;

  readonly request = (): void => {
    this.#wanted = true;
    void this.#run();
  };

  /** From now on requests are carried out, those made before included. `reload` must not reject. */
  serve(reload: () => Promise<void>): void {
    this.#reload = reload;
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running || this.#reload === undefined) return;
    this.#running = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#reload();
    }
    this.#running = false;
  }
}
