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
  const response = await answerOf(path, { method, headers, body: content });
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer;
  throw answer ? new Refused(answer.fields?.[0]?.message || answer.detail, response.status) : notAnswered();
}

// Returns the HTML of a part of a page.
export async function part(path) {
  const response = await answerOf(path, { cache: "no-store" });
  if (response.ok) return response.text();
  throw response.status < 500 ? new Refused(response.statusText, response.status) : notAnswered();
}

const answerOf = (path, options) => fetch(path, options).catch(() => { throw notAnswered(); });
const notAnswered = () => new Refused(document.getElementById("texts")?.dataset.lost ?? "", 0);
