/**
 * How a service is kept small. A burst that 200 clients do not read leaves hundreds of megabytes of collected memory behind
 * by default; with these it is a fraction of that, at a few per cent of CPU at most (docs/decisions/2026-11-23-memory-flags.md).
 * All of it must be given at the start: the root's package.json, the images and the `orcestator` command do.
 */

/** For V8. */
export const MEMORY_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=10'] as const;

/**
 * For glibc, elsewhere without effect: two arenas, and what is free at their ends goes back to the system. By default each of
 * V8's helper threads has one and keeps ten megabytes there once it has compiled a long function.
 */
export const MEMORY_ENVIRONMENT = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' } as const;
