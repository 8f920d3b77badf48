/** What the phone keeps over a reload: entries that wait, and the last that was seen. In IndexedDB; wiped at log-out. */
import type { Entry, Shelf } from './outbox';

const NAME = 'onemap-unit';
const ENTRIES = 'entries';
const KEPT = 'kept';

export interface FieldShelf extends Shelf {
  /** False when the browser keeps nothing: closing the page then loses what waits. */
  readonly lasting: boolean;
  keep(key: string, value: unknown): Promise<void>;
  kept<T>(key: string): Promise<T | undefined>;
  /** Everything but the entries. */
  wipe(): Promise<void>;
}

/** The browser's shelf; one in memory where there is none. */
export async function openShelf(factory: IDBFactory | undefined): Promise<FieldShelf> {
  try {
    if (factory === undefined) return memoryShelf();
    return databaseShelf(await opened(factory));
  } catch {
    return memoryShelf();
  }
}

function opened(factory: IDBFactory): Promise<IDBDatabase> {
  const asked = factory.open(NAME, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore(ENTRIES, { keyPath: 'id' });
    asked.result.createObjectStore(KEPT);
  };
  return answered(asked);
}

function answered<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function databaseShelf(database: IDBDatabase): FieldShelf {
  const read = <T>(store: string, ask: (store: IDBObjectStore) => IDBRequest<T>) =>
    answered(ask(database.transaction(store, 'readonly').objectStore(store)));
  /** Resolves when it is on the shelf, not when it was asked for. */
  const write = (store: string, change: (store: IDBObjectStore) => void) =>
    new Promise<void>((resolve, reject) => {
      const work = database.transaction(store, 'readwrite');
      work.oncomplete = () => resolve();
      work.onabort = () => reject(work.error);
      work.onerror = () => reject(work.error);
      change(work.objectStore(store));
    });
  return {
    lasting: true,
    entries: () => read<Entry[]>(ENTRIES, (store) => store.getAll()),
    put: (entry) => write(ENTRIES, (store) => store.put(entry)),
    drop: (id) => write(ENTRIES, (store) => store.delete(id)),
    keep: (key, value) => write(KEPT, (store) => store.put(value, key)),
    kept: <T>(key: string) => read<T | undefined>(KEPT, (store) => store.get(key)),
    wipe: () => write(KEPT, (store) => store.clear()),
  };
}

export function memoryShelf(): FieldShelf {
  const entries = new Map<string, Entry>();
  const kept = new Map<string, unknown>();
  return {
    lasting: false,
    entries: async () => [...entries.values()],
    put: async (entry) => void entries.set(entry.id, entry),
    drop: async (id) => void entries.delete(id),
    keep: async (key, value) => void kept.set(key, value),
    kept: async <T>(key: string) => kept.get(key) as T | undefined,
    wipe: async () => kept.clear(),
  };
}
