// Requests to the API. One that is refused throws a Refused with the reason in the page's language.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  get gone() {
    return this.status === 404 || this.status === 410;
  }
}

export async function send(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  const content = isForm || body === undefined ? body : JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, { method, headers, body: content });
  } catch {
    throw new Refused(document.getElementById("texts")?.dataset.lost ?? "", 0);
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Refused(answer?.fields?.[0]?.message || answer?.detail || response.statusText, response.status);
  return answer;
}
