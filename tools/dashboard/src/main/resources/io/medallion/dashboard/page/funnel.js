// How far sessions go, and who loses where; who comes back.
import { ask, offer, only, question } from './api.js';
import { get, node, put, rows } from './dom.js';
import { named, number, plural, share } from './format.js';
import { explain } from './explain.js';
import { FILTERS, change, held, known, notHeld, view } from './view.js';

// Each step among those that took the steps before, as gold.funnel_by_day has it.
const STEPS = [['Sessions', 'count'], ['Viewed a page', 'count(page_views)'], ['Put in the cart', 'count(page_views,cart_adds)'], ['Purchased', 'count(page_views,cart_adds,purchases)']];
const MEASURES = STEPS.map((s) => s[1]).join(',');
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

// Each funnel(...) of a declared mart, a user's own too, by the column that has how many steps were taken.
const declared = () => Object.fromEntries(Object.values(known()).flatMap((m) => Object.entries(m.funnels).map(([column, conditions]) => [m.name + '.' + column, { mart: m, column, steps: ['All', ...stepNames(conditions)] }])));
// Where the steps differ in a value alone, this is what they are called.
function stepNames(conditions) {
  const found = conditions.map((c) => c.match(/^\((\w+) = '([^']*)'\)$/));
  return found.every((f) => f && f[1] === found[0][1]) ? found.map((f) => f[2]) : conditions.map((c) => c.replace(/^\((.*)\)$/, '$1'));
}

function choose(id, options, chosen) {
  const list = get(id);
  const known = options.map((o) => o[0]).join('\n');
  if (list.dataset.known !== known) { list.replaceChildren(...options.map(([value, text]) => new Option(text, value))); list.dataset.known = known; }
  list.value = chosen;
}

export async function showFunnel(n) {
  const funnels = declared(), own = funnels[view('funnel')], mart = own ? own.mart : known().sessions;
  const splits = mart.columns.filter((c) => c.type === 'text').map((c) => c.name);
  const by = splits.includes(view('by')) ? view('by') : view('by') !== '' && splits.includes('device_class') ? 'device_class' : '';
  choose('funnelof', [['', 'Session: view, cart, purchase'], ...Object.entries(funnels).map(([id, f]) => [id, f.mart.name + ': ' + f.column])], own ? view('funnel') : '');
  choose('funnelby', [['', 'nothing'], ...splits.map((c) => [c, (FILTERS[c] || c).toLowerCase()])], by);
  const { parameters, without } = held(mart.name, n.first, n.last);
  const groups = await (own ? groupsOf(own, parameters, by) : ofSessions(parameters, by));
  showSteps(own ? own.steps : STEPS.map((s) => s[0]), groups, (name, i, key) => () => explain({ title: name + (by ? ', ' + named(key) : ''), mart: mart.name, first: n.first, last: n.last,
    measure: own ? 'count' : STEPS[i][1], order: own ? '-' + own.column : '-session_start', where: { ...only({}, by, key), ...(own && i ? { [own.column + '.from']: i } : {}) } }));
  put('funnelsnote', [own ? mart.description || '' : 'Of the sessions that began in the range; each step of those that took the one before. Sessions that are still open may go on.', notHeld(without, mart.name)].join(' ').trim());
}

async function ofSessions(parameters, by) {
  const asked = { ...parameters, group: by, measures: MEASURES, order: by ? '-count,' + by : '' };
  offer(get('funnelfiles'), 'sessions', asked);
  const { rows } = await ask(question('sessions', { ...asked, limit: GROUPS }));
  return rows.map((row) => by ? { key: row[0], counts: row.slice(1) } : { key: 'All', counts: row });
}
async function groupsOf({ mart, column, steps }, parameters, by) {
  const group = [by, column].filter(Boolean).join(',');
  offer(get('funnelfiles'), mart.name, { ...parameters, group, measures: 'count', order: group });
  const keys = by ? (await ask(question(mart.name, { ...parameters, group: by, measures: 'count', order: '-count,' + by, limit: GROUPS }))).rows.map((row) => row[0]) : ['All'];
  return Promise.all(keys.map(async (key) => {
    const { rows } = await ask(question(mart.name, { ...only(parameters, by, key), group: column, measures: 'count' }));
    return { key, counts: steps.map((_, k) => rows.reduce((sum, [taken, count]) => taken >= k ? sum + count : sum, 0)) };
  }));
}

// Explaining gives what a press of a step's number does, by the name of the step, its place, and the group. Groups stand
// by their names, where they stay while their numbers grow.
function showSteps(steps, greatestFirst, explaining) {
  const groups = [...greatestFirst].sort((a, b) => (a.key === null) - (b.key === null) || named(a.key).localeCompare(named(b.key)));
  const rate = (g, i) => g.counts[i - 1] ? g.counts[i] / g.counts[i - 1] : undefined;
  const list = get('funnels');
  list.tHead.replaceChildren(node('tr', undefined, {}, node('th', 'Step', { scope: 'col' }), ...groups.flatMap((g) => [node('th', named(g.key), { scope: 'col' }), node('th', 'of the step before', { scope: 'col', class: 'soft' })])));
  const best = (i) => Math.max(...groups.map((g) => rate(g, i) || 0));
  rows(list, groups.length ? steps.map((name, i) => [name, ...groups.flatMap((g) => [
    g.counts[i] ? { text: number.format(g.counts[i]), hint: 'Explain', act: explaining(name, i, g.key) } : number.format(g.counts[i]),
    i && rate(g, i) !== undefined ? share.format(rate(g, i)) : '–'])]) : [], 'Nothing in this range').forEach((row, i) => {
    groups.forEach((g, k) => { row.cells[2 + 2 * k].className = 'share' + (i && groups.length > 1 && rate(g, i) === best(i) ? ' good' : ''); });
  });
  put('funnelsays', said(steps, greatestFirst, rate));
}
// Of the two greatest groups, the step at which each loses most against the other; the greater loss first.
function said(steps, groups, rate) {
  if (groups.length < 2) return '';
  const [a, b] = groups;
  const losses = [[a, b], [b, a]].map(([less, more]) => {
    const gaps = steps.map((_, i) => i && rate(less, i) !== undefined && rate(more, i) !== undefined ? rate(more, i) - rate(less, i) : 0), gap = Math.max(...gaps), i = gaps.indexOf(gap);
    return { gap, text: i && 'Between “' + steps[i - 1] + '” and “' + steps[i] + '” ' + named(less.key) + ' loses most against ' + named(more.key) + ': ' + share.format(rate(less, i)) + ' go on, against ' + share.format(rate(more, i)) + '.' };
  }).filter((l) => l.gap > 0).sort((x, y) => y.gap - x.gap);
  return losses.length ? losses.map((l) => l.text).join(' ') : named(a.key) + ' and ' + named(b.key) + ' go equally far.';
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
  const explained = (text, cohort, k) => ({ text, hint: 'Explain', act: () => explain({ title: 'Visitors of ' + cohort + (k ? ', ' + later.replace('_', ' ') + ': ' + k : ''), mart, measure: 'sum(users)', order: '-users', first: since, last: n.present + 1, where: { cohort, [later]: k } }) });
  rows(list, [...cohorts].map(([cohort, c]) => [cohort, explained(number.format(c[0]), cohort, 0), ...Array.from({ length: most }, (_, k) => c[k + 1] === undefined ? '' : explained(share.format(c[k + 1] / c[0]), cohort, k + 1))]), 'No visitors yet').forEach((row, i) => {
    const c = [...cohorts.values()][i];
    for (let k = 1; k <= most; k++) { row.cells[k + 1].className = 'heat'; row.cells[k + 1].style.setProperty('--heat', c[k] ? (100 * c[k] / c[0]).toFixed(1) + '%' : '0%'); row.cells[k + 1].title = c[k] ? plural(c[k], 'visitor') : ''; }
  });
  put('retentionnote', ['Of the visitors who came for the first time then, those who came again; the last ' + back + ' ' + period + 's, whatever the range.', notHeld(without, mart)].join(' ').trim());
  offer(get('retentionfiles'), mart, { ...parameters });
}

get('funnelof').addEventListener('change', () => change({ funnel: get('funnelof').value || undefined }));
get('funnelby').addEventListener('change', () => change({ by: get('funnelby').value }));
get('period').addEventListener('change', (e) => change({ period: e.target.value }));
