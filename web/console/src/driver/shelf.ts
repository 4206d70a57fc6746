/** IndexedDB: the outbox, and what is kept of the service's answers so that the terminal begins without it. */

import type { Record, Shelf } from './outbox';

const NAME = 'motorpool.driver';
const OUTBOX = 'outbox';
const KEPT = 'kept';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the device does not keep anything'));
  });
}

export interface Store extends Shelf {
  read<T>(name: string): Promise<T | undefined>;
  write(name: string, value: unknown): Promise<void>;
  forget(name: string): Promise<void>;
}

export async function openStore(): Promise<Store> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(OUTBOX, { keyPath: 'seq', autoIncrement: true });
    opening.result.createObjectStore(KEPT);
  };
  const db = await settled(opening);
  /** One change, on the disk before it counts as made. */
  async function change<T>(store: string, make: (shelf: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const tx = db.transaction(store, 'readwrite', { durability: 'strict' });
    const written = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error('the device does not keep anything'));
    });
    const result = await settled(make(tx.objectStore(store)));
    await written;
    return result;
  }
  const look = <T>(store: string, ask: (shelf: IDBObjectStore) => IDBRequest<T>) => settled(ask(db.transaction(store).objectStore(store)));
  return {
    add: (record) => change(OUTBOX, (shelf) => shelf.add(record)) as Promise<number>,
    all: () => look(OUTBOX, (shelf) => shelf.getAll() as IDBRequest<Record[]>),
    put: async (record) => void (await change(OUTBOX, (shelf) => shelf.put(record))),
    remove: (seq) => change(OUTBOX, (shelf) => shelf.delete(seq)),
    read: (name) => look(KEPT, (shelf) => shelf.get(name)),
    write: async (name, value) => void (await change(KEPT, (shelf) => shelf.put(value, name))),
    forget: (name) => change(KEPT, (shelf) => shelf.delete(name)),
  };
}
