// Draft of the form: kept for this tab until it is submitted, so that a reload or another language loses nothing.

import { newKey } from "./keys.js";

const KEPT = [
  "brief", "product", "variants", "size", "seed", "reference_strength", "reference_sha256", "seeds", "strengths", "lines",
  "palette_saved", "palette_earlier", "palette_only",
];
const FILES = ["reference", "palette"];
const PREFIX = "codesigner.draft.";

function storage() {
  try {
    return sessionStorage;
  } catch {
    return null; // blocked by the browser
  }
}

function tab() {
  const name = "codesigner.tab";
  const known = storage()?.getItem(name) ?? newKey();
  try {
    storage()?.setItem(name, known);
  } catch {
    // Without room files are not found again.
  }
  return known;
}

export class Draft {
  // form: with the data attribute "draft", the id of the job that it is filled in from.
  // choice: reads (without an argument) or sets what the user changed of the brief by hand.
  constructor(form, choice) {
    this.form = form;
    this.choice = choice;
    this.name = `${PREFIX}${form.dataset.draft}`;
    this.tab = tab();
    this.initial = this.content();
    this.submitted = false;
    form.addEventListener("input", () => this.save());
    form.addEventListener("change", (event) => {
      this.save();
      if (FILES.includes(event.target.name)) this.keep(event.target);
    });
    window.addEventListener("pagehide", () => this.save());
    window.addEventListener("pageshow", () => { this.submitted = false; });
  }

  // Groups of radio buttons have a value, and no type.
  fields() {
    return KEPT.map((name) => [name, this.form.elements.namedItem(name)]).filter(([, field]) => field);
  }

  content() {
    const values = Object.fromEntries(
      this.fields().map(([name, field]) => [name, field.type === "checkbox" ? field.checked : field.value]),
    );
    return JSON.stringify({ values, choice: this.choice() });
  }

  save() {
    if (this.submitted) return;
    const content = this.content();
    try {
      if (content === this.initial) storage()?.removeItem(this.name);
      else storage()?.setItem(this.name, content);
    } catch {
      // Without room the draft is not kept.
    }
  }

  fileName(field) {
    return `${this.tab}.${this.name}.${field}`;
  }

  keep(input) {
    return keepFile(this.fileName(input.name), input.files[0] ?? null);
  }

  // Fill in the form from the draft; return whether there was one.
  restore() {
    let kept;
    try {
      kept = JSON.parse(storage()?.getItem(this.name) ?? "null");
    } catch {
      return false;
    }
    if (!kept?.values) return false;
    for (const [name, field] of this.fields()) {
      const value = kept.values[name];
      if (value === undefined) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
    if (kept.choice) this.choice(kept.choice);
    return true;
  }

  // Fill in the files; return the names of the fields that have one now.
  async restoreFiles() {
    const restored = [];
    for (const name of FILES) {
      const input = this.form.elements.namedItem(name);
      const file = input.files.length ? null : await keptFile(this.fileName(name));
      if (!file || input.files.length) continue;
      const transfer = new DataTransfer();
      transfer.items.add(file);
      input.files = transfer.files;
      restored.push(name);
    }
    return restored;
  }

  async clear() {
    this.submitted = true;
    storage()?.removeItem(this.name);
    await Promise.all(FILES.map((name) => keepFile(this.fileName(name), null)));
  }
}

// ---- files, kept in IndexedDB for a day, since a page cannot fill in a file field from the storage of its draft

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
async function keepFile(name, file) {
  try {
    await inStore("readwrite", (store) => (file ? store.put({ file, at: Date.now() }, name) : store.delete(name)));
  } catch {
    // Private windows and full disks keep no files.
  }
}

// Return the file that is kept under a name, or null.
async function keptFile(name) {
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
