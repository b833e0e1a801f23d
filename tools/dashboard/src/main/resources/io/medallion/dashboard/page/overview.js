// Tiles and charts of the view, each next to the period before.
import { get, node, put, rows } from './dom.js';
import { draw } from './charts.js';
import { explain } from './explain.js';
import { BARS, amount, day, moment, named, number, plural, share, short, time } from './format.js';
import { filters, notHeld, view } from './view.js';

// A tile's number grows smaller as it grows longer, then is shortened; the whole is in its tooltip.
function big(id, value, text) {
  put(id, text === undefined ? short(value) : text);
  fit(get(id), text === undefined ? number.format(value) : text);
}
function fit(element, whole) {
  if (element.title !== whole) element.title = whole;
  element.style.setProperty('--chars', Math.max(8, element.textContent.length));
}

// How it compares; a share is compared in points.
function delta(id, now, before, n, points) {
  const e = get(id), there = n.before && view('compare') !== 'off' && before !== undefined && before !== null;
  e.hidden = !there;
  if (!there) return;
  const change = points ? now - before : before ? now / before - 1 : undefined;
  const arrow = change === undefined || Math.abs(change) < 0.0005 ? '' : change > 0 ? '▲ ' : '▼ ';
  const size = change === undefined ? (now ? 'none before' : '') : points ? (100 * Math.abs(change)).toFixed(1) + ' points' : share.format(Math.abs(change));
  put(id, before || points ? arrow + size + ', ' + (points ? share.format(before) : short(before)) + ' before' : size);
  e.title = 'Before: ' + moment(n.before.first) + ' to ' + moment(n.before.last);
  e.className = 'delta' + (change > 0.0005 ? ' good' : change < -0.0005 ? ' bad' : '');
}

const SESSION_FILTERS = ['country', 'channel', 'device_class', 'utm_campaign', 'entry_page', 'exit_page'];
function notes() {
  const on = Object.keys(filters()), less = (mart, known) => notHeld(on.filter((f) => !known.includes(f)), mart);
  const byUsers = less('active_users', ['site']), byViews = less('page_views', ['site', 'page']), bySessions = less('sessions', ['site', ...SESSION_FILTERS]);
  const text = { users: byUsers, usersline: byUsers, views: byViews, viewsline: byViews, sessions: bySessions, conversion: bySessions, late: bySessions,
    revenue: on.some((f) => SESSION_FILTERS.includes(f)) ? 'Of the sessions that began in the range. ' + bySessions : less('revenue', ['site']) };
  Object.entries(text).forEach(([id, t]) => { put(id + 'held', t.trim()); get(id + 'held').hidden = !t.trim(); });
}

let last;
export function showOverview(n) {
  last = n;
  const s = n.sessions, b = n.before || {}, full = n.bars && n.bars[n.bars.length - 2];
  big('users', n.active_users);
  big('views', n.page_views);
  put('perminute', full ? number.format(full[1]) + ' in the last full ' + BARS[n.bar_seconds] : 'in the range');
  big('sessionsnumber', s.all);
  put('openclosed', number.format(s.open) + ' open, ' + number.format(s.closed) + ' closed');
  big('conversion', 0, s.all ? share.format(s.converted / s.all) : '–');
  put('converted', plural(s.converted, 'session') + ' bought');
  showRevenue(n);
  big('late', s.late_events);
  delta('usersdelta', n.active_users, b.active_users, n);
  delta('viewsdelta', n.page_views, b.page_views, n);
  delta('sessionsdelta', s.all, b.sessions, n);
  delta('conversiondelta', s.all ? s.converted / s.all : 0, b.sessions ? b.converted / b.sessions : undefined, n, true);
  delta('latedelta', s.late_events, b.late_events, n);
  get('latedelta').classList.remove('good', 'bad');
  put('barwidth', 'by ' + BARS[n.bar_seconds]);
  notes();
  rows('barstable', (n.bars || []).slice().reverse().map((v) => [
    { text: (n.bar_seconds > 300 ? day(v[0]) + ' ' : '') + time(v[0]), hint: 'Explain its page views', act: () => ofBar(v[0]) }, number.format(v[1]), number.format(v[2])]), 'Nothing in this range');
  if (n.bars) drawOverview(n);
}
export function drawOverview(n) {
  const at = n.bars.map((v) => Number(v[0])), of = (i) => n.bars.map((v) => v[i] === null ? null : Number(v[i]));
  const before = n.before && view('compare') !== 'off';
  draw(get('viewschart'), { kinds: before ? ['bars', 'before'] : ['bars'], width: n.bar_seconds, data: before ? [at, of(1), of(3)] : [at, of(1)], readout: 'viewsreadout', press: ofBar });
  draw(get('userschart'), { kinds: ['area'], width: n.bar_seconds, data: [at, of(2)], readout: 'usersreadout', press: usersAt });
}

// Each currency by itself: there is no rate at which they would add up. Behind the first ten they are counted.
function showRevenue(n) {
  const all = n.revenue, other = n.other_revenue;
  const sum = get('revenue'), orders = all.reduce((total, r) => total + r[1], other.orders);
  const rest = Math.max(0, all.length - 4) + other.currencies;
  sum.replaceChildren(all.length ? amount(all[0][2]) + ' ' : '0', ...(all.length ? [node('span', named(all[0][0]), { class: 'unit' })] : []));
  fit(sum, sum.textContent);
  put('orders', [plural(orders, 'order'), ...all.slice(1, 4).map((r) => amount(r[2]) + ' ' + named(r[0])), ...(rest ? [plural(rest, 'other currency', 'other currencies')] : [])].join(' · '));
  delta('revenuedelta', orders, n.before ? Number(n.before.orders) : undefined, n);
  if (!get('revenuedelta').hidden) put('revenuedelta', get('revenuedelta').textContent.replace(/ before$/, ' orders before'));
}

function ofBar(at) {
  explain({ title: 'Page views, from ' + moment(at), mart: 'page_views', measure: 'sum(views)', order: '-views', first: Math.max(at, last.first), last: Math.min(at + last.bar_seconds, last.last) });
}
function usersAt(at) {
  const end = Math.min(at + last.bar_seconds - 60, last.present);
  const start = Math.floor(end / 60) * 60 - 240;
  explain({ title: 'Active users of the five minutes from ' + moment(start), mart: 'active_users', measure: 'sum(users)', order: '-users', first: start, last: start + 60, whole: true });
}
const EXPLAINED = {
  users: () => usersAt(last.present),
  views: () => ({ title: 'Page views', mart: 'page_views', measure: 'sum(views)', order: '-views' }),
  sessions: () => ({ title: 'Sessions', mart: 'sessions', measure: 'count', order: '-session_start' }),
  conversion: () => ({ title: 'Sessions that bought', mart: 'sessions', measure: 'count(converted)', order: '-purchases', where: { converted: 'true' } }),
  late: () => ({ title: 'Late events', mart: 'sessions', measure: 'sum(late_events)', order: '-late_events' }),
  revenue: () => last.revenue.length ? { title: 'Revenue in ' + named(last.revenue[0][0]), money: true, measure: 'sum(revenue)', order: '-revenue', where: { currency: last.revenue[0][0] },
    mart: Object.keys(filters()).some((f) => SESSION_FILTERS.includes(f)) ? 'sessions' : 'revenue' } : undefined,
};
document.querySelectorAll('button[data-explain]').forEach((b) => b.addEventListener('click', () => {
  const what = last && EXPLAINED[b.dataset.explain]();
  if (what) explain({ first: last.first, last: last.last, ...what });
}));
