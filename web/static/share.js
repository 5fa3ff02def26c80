// Share links in a dialog: the page of links is loaded into it, and its forms are sent from there.

const dialog = document.getElementById("share-dialog");
const body = document.getElementById("share-body");
let opener;

const asPart = (address) => {
  const url = new URL(address, location.href);
  url.searchParams.set("part", "1");
  return url;
};

const GONE = [401, 403, 404, 410]; // signed out, or what is shared is not there any more

async function load(address, options = {}) {
  try {
    const headers = { Accept: "text/html" };
    const response = await fetch(asPart(address), { cache: "no-store", headers, ...options });
    const isPart = new URL(response.url).searchParams.has("part");
    if (!isPart || GONE.includes(response.status)) return location.reload();
    if (response.status >= 500) return fail();
    body.innerHTML = await response.text();
  } catch {
    return fail();
  }
  settle();
}

function fail() {
  body.querySelector("[data-failed]")?.remove();
  const line = document.createElement("p");
  line.className = "alert";
  line.dataset.failed = "";
  line.setAttribute("role", "alert");
  line.textContent = body.dataset.lost;
  body.prepend(line);
}

// Show what works with a script alone, and put the focus where one goes on.
function settle() {
  for (const button of body.querySelectorAll("[data-copy]")) button.hidden = false;
  const link = body.querySelector("#share-url");
  if (link) link.select();
  else if (dialog?.open) body.querySelector("#share-title").focus();
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // without a secure context there is no clipboard
  }
  button.textContent = button.dataset.copied;
}

if (dialog) {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-share]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    body.replaceChildren();
    await load(link.href);
    if (!dialog.open) dialog.showModal();
    body.querySelector("#share-title")?.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    body.replaceChildren(); // a link is shown once
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  });
}

body?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  const again = event.target.closest("[data-share-part]");
  if (button) copy(button);
  if (!again) return;
  event.preventDefault();
  load(again.href);
});

body?.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  await load(form.action, { method: "POST", body: fields });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
});

if (body) settle();
