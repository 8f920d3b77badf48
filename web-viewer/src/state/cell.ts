/**
 * A value that tells its readers when it changes.
 *
 * It keeps the store contract of Svelte (`subscribe` calls at once and returns a way out), so panels read it as
 * `$cell`, while `state/`, `live/` and `map/` stay plain TypeScript.
 */
export interface Readable<T> {
  get(): T;
  subscribe(run: (value: T) => void): () => void;
}

export interface Cell<T> extends Readable<T> {
  set(value: T): void;
}

export function cell<T>(first: T): Cell<T> {
  let value = first;
  const readers = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const run of [...readers]) run(value);
    },
    subscribe(run) {
      readers.add(run);
      run(value);
      return () => readers.delete(run);
    },
  };
}

/** A cell that follows another one for the life of the page. */
export function derived<A, B>(from: Readable<A>, make: (value: A) => B): Readable<B> {
  const out = cell(make(from.get()));
  from.subscribe((value) => out.set(make(value)));
  return out;
}
