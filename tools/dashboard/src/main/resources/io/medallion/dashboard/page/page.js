// The page: follows what gold merges, keeps the address, and shows what the chosen tab is about.
import { ask, listen } from './api.js';
import { fitCharts } from './charts.js';
import { button, copies, get, put } from './dom.js';
import { day, moment, named, setZone, span, time, zone } from './format.js';
import { showFunnel, showRetention, showShortFunnel } from './funnel.js';
import { STALE_SECONDS, ago, forgetRates, now, sample, setClock, showAccount, showFlow, showStates, waits, whoStands } from './health.js';
import { makeLists, showLists } from './lists.js';
import { showMarts } from './marts.js';
import { showOverview } from './overview.js';
import { showSessions } from './sessions.js';
import { FILTERS, TABS, change, days, filter, filters, here, know, known, onChange, read, streamed, useZone, view } from './view.js';

const SILENCE_MILLIS = 12000;
let source, streaming, last, silence = Date.now(), away, empty = false;

// What each tab asks for beyond what the stream brings.
const ASKED = {
  overview: (n) => Promise.all([showShortFunnel(n), showLists(n)]),
  funnel: (n) => Promise.all([showFunnel(n), showRetention(n)]),
  sessions: showSessions, marts: showMarts, health: () => undefined,
};
// What is dear is asked less often after merges: for so many times as long as the answers took they may be old.
const REST = 3;
let asking = false, again = false, later, restUntil = 0, changed = true;
function askAfterMerge() {
  const rest = restUntil - performance.now();
  if (changed || rest <= 0) askOn();
  else if (!later) later = setTimeout(() => { later = undefined; askOn(); }, rest);
}
async function askOn() {
  if (document.hidden) return;
  if (asking) { again = true; return; }
  asking = true;
  do {
    [again, changed] = [false, false];
    const begun = performance.now();
    try {
      if (!Object.keys(known()).length) know(await ask('/api/v1/marts'));
      if (last && last.present) await ASKED[view('tab')](last);
      put('problem', '');
      document.body.dataset.asked = view('tab') + ' ' + (last ? last.silver_version : '');
    } catch (e) { put('problem', e.message + '. ' + (e.detail || '')); }
    get('problem').hidden = !get('problem').textContent;
    restUntil = performance.now() + REST * (performance.now() - begun);
  } while (again);
  asking = false;
}

// One site or all of them; there is nothing to choose from where there is one.
function showSites(n) {
  const list = get('site'), chosen = filters().site, names = chosen && !n.sites.includes(chosen) ? [...n.sites, chosen] : n.sites;
  get('sites').hidden = names.length < 2;
  if (names.join('\n') !== [...list.options].slice(1).map((o) => o.value).join('\n')) list.replaceChildren(list.options[0], ...names.map((name) => new Option(named(name), name)));
  list.value = chosen || '';
}
function showZones(n) {
  const list = get('zone'), names = [...new Set([here, 'UTC', ...Object.values(n ? n.zones : {}), ...(view('zone') ? [view('zone')] : [])])];
  const text = names.join('\n');
  if (list.dataset.names !== text) { list.replaceChildren(new Option('as the site, or here', ''), ...names.map((z) => new Option(z, z))); list.dataset.names = text; }
  list.value = view('zone') || '';
}
function showFilters() {
  const all = Object.entries(filters()).filter(([f]) => f !== 'site');
  get('filters').hidden = !all.length;
  get('filters').replaceChildren(...all.map(([f, v]) => button(FILTERS[f] + ': ' + named(v) + ' ×', () => filter(f, undefined), { class: 'chip', title: 'Take the filter away' })));
}
function showControls() {
  const range = view('range'), dates = days(last && last.present ? last.present : now());
  document.querySelectorAll('input[name=range]').forEach((r) => { r.checked = r.value === range; });
  get('calendar').value = [...get('calendar').options].some((o) => o.value === range) ? range : '';
  const [from, to] = dates.includes('..') ? dates.split('..') : [get('from').value, get('to').value];
  if (document.activeElement !== get('from')) get('from').value = from;
  if (document.activeElement !== get('to')) get('to').value = to;
  get('compare').checked = view('compare') !== 'off';
  TABS.forEach((t) => {
    const on = view('tab') === t, link = document.querySelector('[data-tab=' + t + ']');
    if (on) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
    get(t).hidden = !on;
  });
  showFilters();
  showZones(last);
}

function show(n) {
  showSites(n);
  showOverview(n);
  put('shown', n.bars ? 'Shown: ' + moment(n.first) + ' to ' + moment(n.last) + ', ' + zone()
    + (n.before && view('compare') !== 'off' ? '; compared with ' + moment(n.before.first) + ' to ' + moment(n.before.last) : '') : '');
  sample(n);
  showAccount(n);
  showStates(n);
  document.body.dataset.version = n.silver_version;
}

// Spoken only where it changes, so that a screen reader is left in peace.
function state() {
  const quiet = Date.now() - silence > SILENCE_MILLIS;
  const old = last ? now() - last.merged_at : 0;
  const asOf = last ? ' What is shown was right at ' + time(last.merged_at, { second: '2-digit' }) + '.' : '';
  const [name, text, banner] = quiet ? ['away', 'The server does not answer', 'The page has lost its server and tries again by itself.' + asOf]
    : away ? ['away', away, 'The page tries again by itself.' + asOf]
    : empty ? ['wait', 'No numbers yet']
    : !last ? ['wait', 'Connecting']
    : !last.present ? ['wait', 'No event merged yet']
    : old > STALE_SECONDS && !waits(last) ? ['done', 'Up to date as of ' + day(last.merged_at) + ' ' + time(last.merged_at)]
    : old > STALE_SECONDS ? ['stale', 'Stale: nothing merged for ' + span(old), whoStands(last) + asOf]
    : ['live', 'Live'];
  put('state', text);
  get('state').dataset.state = name;
  put('banner', banner || '');
  get('banner').hidden = !banner;
  get('banner').dataset.state = name;
  get('empty').hidden = !empty;
  get('main').hidden = !last;
  get('main').toggleAttribute('data-dim', name === 'away' || name === 'stale');
  put('fresh', last ? 'merged ' + ago(last.merged_at) : '');
  if (last) showFlow(last);
}

function connect() {
  useZone(last && last.zones);
  const wanted = streamed(last && last.present ? last.present : now(), zone());
  if (wanted === streaming) return;
  streaming = wanted;
  if (source) source.close();
  const acts = {};
  const on = (name, act) => { acts[name] = act; };
  source = listen(wanted, (name, data) => {
    silence = Date.now();
    if (streaming === wanted) acts[name](JSON.parse(data));
    state();
  }, (problem) => {
    [silence, away] = [Date.now(), problem.message];
    state();
  });
  on('numbers', (n) => {
    setClock(n.at);
    const first = !last;
    [last, away, empty] = [n, undefined, false];
    // Before the charts, which take their width from it.
    get('main').hidden = false;
    // Zones and the present may be known only now, and with them other days.
    connect();
    if (streaming !== wanted) return;
    if (first) showControls();
    showZones(n);
    show(n);
    askAfterMerge();
  });
  on('empty', () => { [last, away, empty] = [undefined, undefined, true]; forgetRates(); });
  on('away', (e) => { away = e.text; });
  on('pulse', () => {});
}

onChange(() => {
  showControls();
  connect();
  fitCharts();
  if (last) { show(last); askOn(); }
  // Asked once more with the numbers of the new view, as soon as they are there.
  changed = true;
});
get('range').addEventListener('change', (e) => change({ range: e.target.value }));
get('calendar').addEventListener('change', () => change({ range: get('calendar').value || undefined }));
get('site').addEventListener('change', () => filter('site', get('site').value || undefined));
get('zone').addEventListener('change', () => change({ zone: get('zone').value || undefined }));
get('compare').addEventListener('change', () => change({ compare: get('compare').checked ? undefined : 'off' }));
get('days').addEventListener('submit', (e) => {
  e.preventDefault();
  change({ range: [get('from').value, get('to').value].sort().join('..') });
});
document.querySelectorAll('[data-tab]').forEach((link) => link.addEventListener('click', (e) => {
  e.preventDefault();
  change({ tab: link.dataset.tab });
}));
document.querySelector('.skip').addEventListener('click', (e) => { e.preventDefault(); get('main').focus(); });
document.addEventListener('visibilitychange', askOn);
addEventListener('hashchange', read);
addEventListener('popstate', read);
setZone(here);
document.querySelectorAll('main table').forEach((t) => { if (!t.closest('section, details').querySelector('.foot')) (t.closest('.scroll, .fit') || t).after(copies(t, t.id)); });
makeLists(get('lists'));
setInterval(state, 1000);
read();
state();
