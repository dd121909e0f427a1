/** Label values that come from outside, bounded: a label set that grows with its callers fills Prometheus' memory. */

/** What stands for every value that has no place of its own. */
export const OTHER_LABEL = 'other';

/** The characters of a model id; a space, a quote or a prompt's text is none. */
const sane = /^[\w.:/@~+-]{1,96}$/;

export interface BoundedLabel {
  /** The label for a value: itself when it has a place or `mayEnter` and one is free, `other` otherwise. */
  of(value: string, mayEnter: boolean): string;
}

export interface BoundedLabelOptions {
  /** Values that have a label of their own. */
  readonly places: number;
  /** These have theirs from the start. */
  readonly known: readonly string[];
  /** False for a value that must not be shown, such as a key in place of a model. */
  readonly isShown: (value: string) => boolean;
  /** Told each new value once, so that its series can begin at zero. */
  readonly onNew: (value: string) => void;
}

export function createBoundedLabel({ places, known, isShown, onNew }: BoundedLabelOptions): BoundedLabel {
  const labels = new Set<string>();
  const enter = (value: string): string => {
    if (labels.size >= places || !sane.test(value) || !isShown(value)) return OTHER_LABEL;
    labels.add(value);
    onNew(value);
    return value;
  };
  onNew(OTHER_LABEL);
  for (const value of known) if (!labels.has(value)) enter(value);
  return {
    of: (value, mayEnter) => {
      if (labels.has(value)) return value;
      return mayEnter ? enter(value) : OTHER_LABEL;
    },
  };
}
