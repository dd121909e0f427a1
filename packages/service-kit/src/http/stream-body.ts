/** The body of an answer under way, wherever its bytes come from. */

/** One reader at a time; must be read to its end, discarded or destroyed. */
export interface StreamBody extends AsyncIterable<Buffer> {
  /** True once nothing more will come, though something may still wait to be read. */
  readonly isClosed: boolean;
  /** Resolves when nothing more will come, however it ended. */
  readonly closed: Promise<void>;
  /** The pieces; leaving the loop early closes the connection unless `destroyOnReturn` is false. */
  iterator(options: { destroyOnReturn: boolean }): AsyncGenerator<Buffer, void>;
  /** Lets the rest come and go unread, so that the connection can be used again. */
  discard(): void;
  /** Closes the connection, unless the answer is complete; `reason` is thrown to the reader. */
  destroy(reason?: Error): void;
}

/** A body that is made while it is read; whoever makes it closes what it is made from when the generator returns. */
export function generatedBody(pieces: AsyncGenerator<Buffer, void>): StreamBody {
  let isClosed = false;
  let close: () => void;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const stop = (): void => {
    isClosed = true;
    close();
    void pieces.return();
  };
  async function* iterator(): AsyncGenerator<Buffer, void> {
    try {
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
    } finally {
      stop();
    }
  }
  return {
    get isClosed() {
      return isClosed;
    },
    closed,
    iterator,
    [Symbol.asyncIterator]: iterator,
    discard: stop,
    destroy: stop,
  };
}
