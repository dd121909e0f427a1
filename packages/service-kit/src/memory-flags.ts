/**
 * How V8 is told to keep a service small. By default a burst that 200 clients do not read leaves hundreds of megabytes of
 * collected heap behind; with these it is a fraction of that, at a few per cent of CPU at most (`--optimize-for-size` would
 * double the CPU). They must be given at the start: the root's package.json and the `orcestator` command do.
 */
export const MEMORY_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=10'] as const;
