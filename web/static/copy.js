// Buttons that copy a text which is shown once. Without this script people select it themselves.

const SHOWN_MS = 2500;

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue; // not in a secure context
  button.hidden = false;
  const name = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    } catch {
      return; // the browser does not allow it; the text can be selected
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = name; }, SHOWN_MS);
  });
}
