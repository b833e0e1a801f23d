// Questions to the read API. From other machines it wants a token, which this tab remembers.
import { node } from './dom.js';

const KEY = 'medallion-token';
let refused = false;

class Problem extends Error {
  constructor(problem) { super(problem.title); this.detail = problem.detail || ''; }
}
const remembered = () => sessionStorage.getItem(KEY);

async function fetched(path) {
  for (;;) {
    const token = remembered();
    const answer = await fetch(path, token ? { headers: { Authorization: 'Bearer ' + token } } : {});
    if (answer.ok) return answer;
    if (answer.status === 401 && !refused) {
      if (remembered() !== token) continue;
      const given = prompt('The read API wants a token (dashboard.tokens):');
      refused = !given;
      if (given) { sessionStorage.setItem(KEY, given.trim()); continue; }
    }
    const problem = await answer.json().catch(() => ({ title: 'The server answers ' + answer.status }));
    throw new Problem(problem);
  }
}

export const ask = async (path) => (await fetched(path)).json();
// A question about a mart or view; parameters without a value are left out.
export function question(mart, parameters) {
  const given = Object.entries(parameters).filter(([, v]) => v !== undefined && v !== '');
  return '/api/v1/marts/' + encodeURIComponent(mart) + (given.length ? '?' + new URLSearchParams(given) : '');
}

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
  const copy = node('a', '', { href: URL.createObjectURL(await (await fetched(link.href)).blob()), download: link.download });
  copy.click();
  URL.revokeObjectURL(copy.href);
}
