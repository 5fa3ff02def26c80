// Files of a draft, kept in IndexedDB for a day, since a page cannot fill in a file field from its storage.

const DAY_MS = 24 * 3600 * 1000;
const STORE = "files";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("codesigner", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

// Keep a file under a name; without one forget it. Where the browser keeps nothing, nothing is kept.
export async function keepFile(name, file) {
  try {
    await inStore("readwrite", (store) => (file ? store.put({ file, at: Date.now() }, name) : store.delete(name)));
  } catch {
    // Private windows and full disks keep no files.
  }
}

// Return the file that is kept under a name, or null.
export async function keptFile(name) {
  try {
    await inStore("readwrite", forgetOld);
    return (await inStore("readonly", (store) => store.get(name)))?.file ?? null;
  } catch {
    return null;
  }
}

function forgetOld(store) {
  const request = store.openCursor();
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    if (cursor.value.at < Date.now() - DAY_MS) cursor.delete();
    cursor.continue();
  };
}
