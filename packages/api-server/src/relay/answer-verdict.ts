/** What an answer under way says of its worker, once it is over: the head alone says little, a frozen worker sends that too. */

export interface AnswerVerdict {
  /** It broke off, or went silent for good. Not when the client left or the time was over. */
  readonly broken: (cause?: unknown) => void;
  /** It came to its end, be it an error that the worker told. */
  readonly whole: () => void;
}

/** The first word counts: a driver that ends a broken stream properly has told so before the relay sees its sound end. */
export function createVerdict(verdict: AnswerVerdict): AnswerVerdict {
  let isGiven = false;
  const once =
    <A extends unknown[]>(give: (...values: A) => void) =>
    (...values: A): void => {
      if (isGiven) return;
      isGiven = true;
      give(...values);
    };
  return { broken: once(verdict.broken), whole: once(verdict.whole) };
}

/** For an answer that has been judged already. */
export const noVerdict: AnswerVerdict = { broken: () => undefined, whole: () => undefined };
