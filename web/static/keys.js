// Idempotency keys, also outside of secure contexts, where crypto.randomUUID is missing.

export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
