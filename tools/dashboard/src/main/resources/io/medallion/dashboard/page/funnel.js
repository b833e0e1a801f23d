// How far sessions go, and who loses where; who comes back.
import { ask, offer, question } from './api.js';
import { get, node, put, rows } from './dom.js';
import { named, number, plural, share } from './format.js';
import { explain } from './explain.js';
import { change, held, known, notHeld, view } from './view.js';

// Each step among those that took the steps before, as gold.funnel_by_day has it.
const STEPS = [['Sessions', 'count'], ['Viewed a page', 'count(page_views)'], ['Put in the cart', 'count(page_views,cart_adds)'], ['Purchased', 'count(page_views,cart_adds,purchases)']];
const MEASURES = STEPS.map((s) => s[1]).join(',');
const BY = { device_class: 'device', channel: 'channel', country: 'country', utm_campaign: 'campaign', site: 'site' };
const GROUPS = 5;

export async function showShortFunnel(n) {
  const { parameters, without } = held('sessions', n.first, n.last);
  const [steps] = (await ask(question('sessions', { ...parameters, measures: MEASURES }))).rows;
  rows('shortfunnel', STEPS.map(([name, measure], i) => [name,
    { text: number.format(steps[i]), hint: 'Explain ' + number.format(steps[i]), act: () => explain({ title: 'Funnel: ' + name, mart: 'sessions', measure, order: '-session_start', first: n.first, last: n.last }) },
    steps[0] ? share.format(steps[i] / steps[0]) : '–']), '').forEach((row, i) => {
    row.style.setProperty('--share', steps[0] ? (100 * steps[i] / steps[0]).toFixed(1) + '%' : '0%');
    row.cells[2].className = 'share';
  });
  put('funnelnote', ['Of the sessions that began in the range; each step of those that took the one before.', notHeld(without, 'sessions')].join(' ').trim());
}

// Marts of a user's own with funnel(...) have a column of steps.
const declared = () => Object.values(known()).filter((m) => m.kind === 'mart' && m.columns.some((c) => c.name === 'steps' && /int/.test(c.type)));

function choose(id, options, chosen) {
  const list = get(id);
  const known = options.map((o) => o[0]).join('\n');
  if (list.dataset.known !== known) { list.replaceChildren(...options.map(([value, text]) => new Option(text, value))); list.dataset.known = known; }
  list.value = chosen;
}

export async function showFunnel(n) {
  const marts = declared();
  const mart = marts.find((m) => m.name === view('funnel'));
  const columns = new Set((mart || known().sessions).columns.map((c) => c.name));
  const by = columns.has(view('by')) && BY[view('by')] ? view('by') : columns.has('device_class') ? 'device_class' : 'site';
  choose('funnelof', [['', 'Session: view, cart, purchase'], ...marts.map((m) => [m.name, m.name])], mart ? mart.name : '');
  choose('funnelby', Object.entries(BY).filter(([c]) => columns.has(c)), by);
  const name = mart ? mart.name : 'sessions';
  const { parameters, without } = held(name, n.first, n.last);
  const { steps, groups } = mart ? await stepsOf(name, parameters, by) : await ofSessions(parameters, by);
  showSteps(steps, groups, by, n, mart ? undefined : parameters);
  put('funnelsnote', [mart ? mart.description || '' : 'Of the sessions that began in the range; each step of those that took the one before.', notHeld(without, name)].join(' ').trim());
}

async function ofSessions(parameters, by) {
  const answer = await ask(question('sessions', { ...parameters, group: by, measures: MEASURES, order: '-count,' + by, limit: GROUPS }));
  offer(get('funnelfiles'), 'sessions', { ...parameters, group: by, measures: MEASURES, order: '-count' });
  return { steps: STEPS.map((s) => s[0]), groups: answer.rows.map(([key, ...counts]) => ({ key, counts })) };
}
async function stepsOf(mart, parameters, by) {
  const asked = { ...parameters, group: by + ',steps', measures: 'count', order: by + ',steps', limit: 1000 };
  const found = new Map();
  (await ask(question(mart, asked))).rows.forEach(([key, steps, count]) => { const g = found.get(key) || { key, at: [] }; found.set(key, g); g.at[steps] = count; });
  const most = Math.max(1, ...[...found.values()].map((g) => g.at.length - 1));
  const groups = [...found.values()].map((g) => ({ key: g.key, counts: Array.from({ length: most + 1 }, (_, k) => g.at.reduce((sum, c, s) => s >= k ? sum + (c || 0) : sum, 0)) }));
  offer(get('funnelfiles'), mart, asked);
  return { steps: ['All', ...Array.from({ length: most }, (_, k) => 'Step ' + (k + 1))], groups: groups.sort((a, b) => b.counts[0] - a.counts[0]).slice(0, GROUPS) };
}

function showSteps(steps, groups, by, n, parameters) {
  const rate = (g, i) => g.counts[i - 1] ? g.counts[i] / g.counts[i - 1] : undefined;
  const list = get('funnels');
  list.tHead.replaceChildren(node('tr', undefined, {}, node('th', 'Step', { scope: 'col' }), ...groups.flatMap((g) => [node('th', named(g.key), { scope: 'col' }), node('th', 'of the step before', { scope: 'col', class: 'soft' })])));
  const best = (i) => Math.max(...groups.map((g) => rate(g, i) || 0));
  rows(list, groups.length ? steps.map((name, i) => [name, ...groups.flatMap((g) => [
    parameters && g.counts[i] ? { text: number.format(g.counts[i]), hint: 'Explain', act: () => explain({ title: name + ', ' + named(g.key), mart: 'sessions', measure: STEPS[i][1], order: '-session_start', first: n.first, last: n.last, where: g.key === null ? { null: by } : { [by]: g.key } }) } : number.format(g.counts[i]),
    i && rate(g, i) !== undefined ? share.format(rate(g, i)) : '–'])]) : [], 'Nothing in this range').forEach((row, i) => {
    groups.forEach((g, k) => { row.cells[2 + 2 * k].className = 'share' + (i && groups.length > 1 && rate(g, i) === best(i) ? ' good' : ''); });
  });
  put('funnelsays', said(steps, groups, rate));
}
// The step at which the two greatest groups differ most.
function said(steps, groups, rate) {
  if (groups.length < 2) return '';
  const [a, b] = groups, gaps = steps.map((s, i) => i && rate(a, i) !== undefined && rate(b, i) !== undefined ? Math.abs(rate(a, i) - rate(b, i)) : 0);
  const i = gaps.indexOf(Math.max(...gaps));
  if (!gaps[i]) return named(a.key) + ' and ' + named(b.key) + ' go equally far.';
  const [less, more] = rate(a, i) < rate(b, i) ? [a, b] : [b, a];
  return 'Between “' + steps[i - 1] + '” and “' + steps[i] + '” ' + named(less.key) + ' loses most against ' + named(more.key) + ': ' + share.format(rate(less, i)) + ' go on, against ' + share.format(rate(more, i)) + '.';
}

const PERIODS = { day: [14, 'days_later'], week: [10, 'weeks_later'], month: [12, 'months_later'] };
export async function showRetention(n) {
  const period = PERIODS[view('period')] ? view('period') : 'week', mart = 'retention_by_' + period, [back, later] = PERIODS[period];
  document.querySelectorAll('input[name=period]').forEach((r) => { r.checked = r.value === period; });
  if (!known()[mart]) { put('retentionnote', 'gold.' + mart + ' is not there.'); return; }
  const since = n.present - back * { day: 86400, week: 604800, month: 2678400 }[period];
  const { parameters, without } = held(mart, since, n.present + 1);
  const asked = { ...parameters, group: 'cohort,' + later, measures: 'sum(users)', order: '-cohort,' + later };
  const cohorts = new Map();
  (await ask(question(mart, asked))).rows.forEach(([cohort, k, users]) => { const c = cohorts.get(cohort) || []; cohorts.set(cohort, c); c[k] = users; });
  const most = Math.max(0, ...[...cohorts.values()].map((c) => c.length - 1));
  const list = get('retention');
  list.tHead.replaceChildren(node('tr', undefined, {}, ...['First ' + period, 'Visitors', ...Array.from({ length: most }, (_, k) => period + ' ' + (k + 1))].map((h) => node('th', h, { scope: 'col' }))));
  rows(list, [...cohorts].map(([cohort, c]) => [cohort, number.format(c[0]), ...Array.from({ length: most }, (_, k) => c[k + 1] === undefined ? '' : share.format(c[k + 1] / c[0]))]), 'No visitors yet').forEach((row, i) => {
    const c = [...cohorts.values()][i];
    for (let k = 1; k <= most; k++) { row.cells[k + 1].className = 'heat'; row.cells[k + 1].style.setProperty('--heat', c[k] ? (100 * c[k] / c[0]).toFixed(1) + '%' : '0%'); row.cells[k + 1].title = c[k] ? plural(c[k], 'visitor') : ''; }
  });
  put('retentionnote', ['Of the visitors who came for the first time then, those who came again; the last ' + back + ' ' + period + 's, whatever the range.', notHeld(without, mart)].join(' ').trim());
  offer(get('retentionfiles'), mart, { ...parameters });
}

get('funnelof').addEventListener('change', () => change({ funnel: get('funnelof').value || undefined }));
get('funnelby').addEventListener('change', () => change({ by: get('funnelby').value }));
get('period').addEventListener('change', (e) => change({ period: e.target.value }));
