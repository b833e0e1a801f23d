// The health of the flow: what the layers have done, what became of every record, and what was refused and why.
import { ask } from './api.js';
import { message } from './explain.js';
import { alignWords, get, node, rows, put, scrolling, table } from './dom.js';
import { moment, named, number, plural, rounded, share, span, words } from './format.js';

export const LAYERS = ['bronze', 'silver', 'gold'];
export const STALE_SECONDS = 120;
const IDLE_SECONDS = 60, RATE_SECONDS = 60;
let samples = [], skew = 0;
export function forgetRates() { samples = []; }
// The clock of the server, which the page's may not agree with.
export function setClock(at) { skew = at - Date.now() / 1000; }
export const now = () => Date.now() / 1000 + skew;
export const ago = (at) => { const s = now() - at; return s < 1 ? 'now' : span(s) + ' ago'; };

// What each layer has read and written, and when that was observed: bronze and silver by a look at the lake, gold by its
// ledger. What waits in Kafka only bronze knows; it says so every few seconds, so silence is news as well.
export function layersOf(n) {
  const behind = (up, me) => up && up.newest_kafka && me.newest_kafka ? Math.max(0, up.newest_kafka - me.newest_kafka) : undefined;
  const b = n.layers.bronze, s = n.layers.silver, g = n.layers.gold;
  return {
    bronze: b && { written: b.written, newest: b.newest_kafka, committed: b.committed_at, position: b.position, ...waiting(b, n.observed_at) },
    silver: s && { written: s.written, newest: s.newest_kafka, committed: s.committed_at, position: s.position, lag: b ? b.written - s.read : 0, behind: behind(b, s) },
    gold: g && { written: g.written, newest: g.newest_kafka, committed: n.merged_at, position: 'version ' + g.position, lag: s ? s.written - g.read : 0, behind: behind(s, g) },
  };
}
function waiting(bronze, observed) {
  if (bronze.waiting === null) return {};
  return observed - bronze.waiting_at > IDLE_SECONDS ? { silent: bronze.waiting_at } : { lag: bronze.waiting, behind: bronze.waiting_seconds };
}
export function stateOf(l) {
  if (l.silent) return ['not heard of for ' + span(now() - l.silent), 'bad'];
  if (l.lag > 0 && now() - l.committed > IDLE_SECONDS) return ['stands still', 'bad'];
  if (l.lag > 0 && !(l.behind <= 10)) return ['catching up', 'warn'];
  if (now() - l.committed > IDLE_SECONDS) return ['nothing new', 'soft'];
  return ['keeps up', 'good'];
}
export function sample(n) {
  samples.push({ at: n.at, written: LAYERS.map((l) => n.layers[l] ? n.layers[l].written : 0) });
  samples = samples.filter((s) => s.at > n.at - RATE_SECONDS);
}
function rateOf(layer) {
  const first = samples[0], newest = samples[samples.length - 1], i = LAYERS.indexOf(layer);
  const over = newest.at - first.at;
  return over < 3 ? '–' : rounded.format(Math.max(0, newest.written[i] - first.written[i]) / over) + '/s';
}
export function showFlow(n) {
  const all = layersOf(n), known = LAYERS.filter((l) => all[l]);
  const heads = [...get('flow').tHead.rows[0].cells].map((c) => c.textContent);
  const lag = (l) => l.lag === undefined ? '–' : l.lag > 0 ? number.format(l.lag) + (l.lag === 1 ? ' row' : ' rows') + (l.behind === undefined ? '' : ', ' + span(l.behind)) : 'none';
  const states = known.map((l) => stateOf(all[l]));
  rows('flow', known.map((name, i) => {
    const l = all[name];
    return [name, states[i][0], number.format(l.written), rateOf(name), lag(l), l.newest ? ago(l.newest) : '–', l.committed ? ago(l.committed) : '–', l.position || '–'];
  }), 'No layer is known yet').forEach((row, i) => {
    row.className = known[i];
    [...row.cells].forEach((c, k) => { c.dataset.label = heads[k].replace(' record', ''); });
    row.cells[1].className = states[i][1];
  });
}
export function showAccount(n) {
  const s = n.layers.silver, b = n.layers.bronze;
  if (!s || !b) {
    rows('account', [], 'No record is known yet');
    return;
  }
  // Silver's own numbers are of one commit; what bronze holds beyond them is on its way.
  const parts = [['events in silver', s.written, 'silver'], ['in quarantine', s.quarantined, 'quarantine'], ['duplicates', s.duplicates, 'duplicates'],
    ['on their way to silver', Math.max(0, b.written - s.read), 'way']];
  const whole = Math.max(b.written, s.read) + s.more_events;
  const shown = [['Kafka records in bronze', whole - s.more_events], ...(s.more_events ? [['more events in records that hold several', s.more_events]] : []), ...parts, ...[['events of crawlers, not counted', n.bots], ['events too late, not counted', n.late_dropped]].filter((r) => r[1])];
  rows('account', shown.map((r) => [r[0], number.format(r[1]), whole ? share.format(r[1] / whole) : '–'])).forEach((row, i) => {
    row.cells[2].className = 'share';
    row.cells[0].className = shown[i][2] ? 'swatch c-' + shown[i][2] : '';
  });
  get('parts').replaceChildren(...parts.map((p) => {
    const e = node('div', '', { class: 'c-' + p[2], 'data-n': p[1] });
    e.style.setProperty('--n', p[1]);
    return e;
  }));
  const held = s.read + s.more_events;
  const adds = s.written + s.quarantined + s.duplicates === held && held <= whole;
  put('balance', adds ? 'It adds up: each of ' + number.format(held) + (s.more_events ? ' events in ' + number.format(s.read) : '') + ' records that silver has read is an event, in quarantine or a duplicate.'
    : 'It does not add up: run medallion verify.');
  get('balance').className = adds ? 'note good' : 'note bad';
  const counted = n.reasons.reduce((sum, r) => sum + r[1], 0);
  ranked('reasons', [...n.reasons.map((r) => [{ text: words(r[0]), hint: 'Look at such records', act: () => refused(r[0]) }, r[1]]),
    ...(s.quarantined > counted ? [['before reasons were counted', s.quarantined - counted]] : [])], 'Nothing was refused');
  get('flags').hidden = get('flagshead').hidden = !n.flags.length;
  ranked('flags', n.flags, 'Nothing was marked');
}
// Each with a bar of its share of the largest.
function ranked(id, all, none) {
  const most = Math.max(1, ...all.map((r) => r[1]));
  rows(id, all.map((r) => [r[0], number.format(r[1])]), none).forEach((row, i) => {
    row.style.setProperty('--share', (100 * all[i][1] / most).toFixed(1) + '%');
  });
}

export function showStates(n) {
  const all = [...n.refused.map((r) => [r[0], r[1], r[2] + ' ' + r[3]]),
    ...n.filling.map((name) => ['gold.' + name, 'is being filled', 'From silver’s history; it takes its place when it has come as far as the others.'])];
  get('martscard').hidden = !all.length;
  rows('states', all, 'All are').forEach((row, i) => { row.cells[1].className = i < n.refused.length ? 'bad' : 'warn'; });
}
// Layers that ran to their end, by --once, have nothing to wait for: what is shown is all there is.
export function waits(last) {
  const all = layersOf(last);
  return LAYERS.some((l) => all[l] && (all[l].silent || all[l].lag > 0));
}
export function whoStands(last) {
  const all = layersOf(last), standing = LAYERS.filter((l) => all[l] && stateOf(all[l])[1] === 'bad');
  if (!last.observed_at || now() - last.observed_at > STALE_SECONDS) return 'Gold does not run.';
  if (all.bronze && all.bronze.silent) return 'Bronze does not run, or does not reach Kafka.';
  return standing.length ? 'Data waits, but ' + standing.join(' and ') + (standing.length > 1 ? ' stand still.' : ' stands still.') : 'No new record has come.';
}

// What silver refused for a reason: by day and field, and the first record of each as it came.
async function refused(code) {
  message('Quarantine: ' + words(code), node('p', 'Reading the lake …', { class: 'note', role: 'status' }));
  try {
    const all = await ask('/api/v1/quarantine?' + new URLSearchParams({ reason: code }));
    const list = table(['Day of arrival', 'Reason', 'Field', 'Records', 'What is wrong', 'First record']);
    rows(list, all.map((c) => [c.day, words(c.code), c.field === null ? '–' : named(c.field), number.format(c.records), named(c.message), { text: c.position, hint: 'Its bytes and reasons', act: () => record(c.position, code) }]), 'None is there any more');
    alignWords(list, [true, true, true, false, true, true]);
    message('Quarantine: ' + words(code), node('p', 'A record with several reasons counts for each.', { class: 'note' }), scrolling('Refused records', list));
  } catch (e) { message('Quarantine', node('p', e.message + '. ' + (e.detail || ''), { class: 'bad', role: 'alert' })); }
}
const bytes = (b) => b === null ? [node('p', 'none', { class: 'note' })]
  : [node('p', plural(b.length, 'byte') + (b.utf8 ? ', UTF-8' : ', not UTF-8'), { class: 'note' }), node('pre', b.text, { tabindex: '0', 'aria-label': 'As text' }),
    node('details', undefined, {}, node('summary', 'In hexadecimal digits'), node('pre', b.hex.replace(/(..)(?=.)/g, '$1 ')))];
async function record(position, code) {
  try {
    const found = await ask('/api/v1/quarantine/' + position.split('/').map(encodeURIComponent).join('/'));
    message('Record ' + position, ...found.flatMap((r) => {
      const list = table(['Reason', 'Field', 'What is wrong']);
      rows(list, r.reasons.map((x) => [words(x.code), x.field === null ? '–' : named(x.field), named(x.message)]));
      alignWords(list, [true, true, true]);
      const at = (t) => t === null ? '–' : moment(Math.floor(Date.parse(t) / 1000));
      return [node('p', 'Kafka’s time ' + at(r.kafka_time) + ', ingested ' + at(r.ingested_at) + ', refused ' + at(r.quarantined_at) + ' by rules of version ' + r.rules_version + '.'), scrolling('Reasons', list), node('h3', 'Value'), ...bytes(r.value), node('h3', 'Key'), ...bytes(r.key)];
    }), ...(found.length ? [] : [node('p', 'It is not in quarantine any more.')]));
  } catch (e) { message('Record ' + position, node('p', e.message + '. ' + (e.detail || ''), { class: 'bad', role: 'alert' })); }
}
