// Questions to the read API. From other machines it wants a token, which this tab remembers.
import { download, node } from './dom.js';

const KEY = 'medallion-token';
let refused = false;

class Problem extends Error {
  constructor(problem) { super(problem.title); this.detail = problem.detail || ''; }
}
const remembered = () => sessionStorage.getItem(KEY);

async function fetched(path, signal) {
  for (;;) {
    const token = remembered();
    const answer = await fetch(path, { signal, headers: token ? { Authorization: 'Bearer ' + token } : {} });
    if (answer.ok) return answer;
    if (answer.status === 401 && !refused) {
      if (remembered() !== token) continue;
      const given = prompt('From other machines a token is needed (dashboard.tokens):');
      refused = !given;
      if (given) { sessionStorage.setItem(KEY, given.trim()); continue; }
    }
    const problem = await answer.json().catch(() => ({ title: 'The server answers ' + answer.status }));
    throw new Problem(problem);
  }
}

// Server-sent events (HTML standard, 9.2), as the browser's own EventSource reads them: that one sends no token. Begins
// again when the server has gone. `on(name, data)` is given each; `refused(problem)` why there are none.
const PAUSE_MILLIS = 3000;
export function listen(path, on, refused) {
  const end = new AbortController();
  (async () => {
    while (!end.signal.aborted) {
      try {
        await followed((await fetched(path, end.signal)).body, on);
      } catch (e) { if (e instanceof Problem && !end.signal.aborted) refused(e); }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
    }
  })();
  return { close: () => end.abort() };
}
async function followed(body, on) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = '';;) {
    const { value, done } = await reader.read();
    if (done) return;
    const messages = (text + value).split('\n\n');
    text = messages.pop();
    for (const message of messages) {
      // What one message does wrong is no reason not to hear the next.
      try { deliver(message, on); } catch (e) { console.error(e); }
    }
  }
}
function deliver(message, on) {
  const fields = message.split('\n').map((line) => line.match(/^([a-z]+): ?(.*)$/)).filter(Boolean);
  const of = (name) => fields.filter((f) => f[1] === name).map((f) => f[2]).join('\n');
  if (of('data')) on(of('event'), of('data'));
}

export const ask = async (path) => (await fetched(path)).json();
// A question about a mart or view; parameters without a value are left out.
export function question(mart, parameters) {
  const given = Object.entries(parameters).filter(([, v]) => v !== undefined && v !== '');
  return '/api/v1/marts/' + encodeURIComponent(mart) + (given.length ? '?' + new URLSearchParams(given) : '');
}

// The same of rows that have a value in a column; null is none. Without a column it is the same of all.
export const only = (parameters, column, value) => !column ? parameters : value !== null ? { ...parameters, [column]: value } : { ...parameters, null: [parameters.null, column].filter(Boolean).join(',') };

// Links to the same rows as files; there are at most 10,000 in one. Links that stay the same keep the focus.
const MOST = 10000;
export function offer(into, mart, parameters) {
  const address = (format) => question(mart, { ...parameters, limit: MOST, format });
  if (into.dataset.of === address('csv')) return into;
  into.dataset.of = address('csv');
  into.className = 'files';
  into.replaceChildren(...['csv', 'json'].map((format) => {
    const link = node('a', format.toUpperCase(), { href: address(format), download: mart + '.' + format });
    link.addEventListener('click', (e) => { if (remembered()) { e.preventDefault(); save(link); } });
    return link;
  }));
  return into;
}
// A link by itself would come without the token.
async function save(link) {
  download(await (await fetched(link.href)).blob(), link.download);
}
