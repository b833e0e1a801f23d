'use strict';
// Everything from the database is set as text, never as markup.
(() => {
  const STALE_SECONDS = 120, IDLE_SECONDS = 60, RATE_SECONDS = 60;
  const BARS = { 60: 'minute', 300: 'five minutes', 3600: 'hour', 21600: 'six hours', 86400: 'day', 604800: 'week' };
  const LAYERS = ['bronze', 'silver', 'gold'];
  const get = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat('en');
  const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
  const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
  const time = (seconds, options) => new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...options }).format(seconds * 1000);
  // Where bars are days, or the calendar was asked, times are those of UTC.
  const moment = (at, n) => asked().includes('..') || n.bar_seconds >= 86400 ? day(at, 'UTC') + (at % 86400 ? ' ' + time(at, { timeZone: 'UTC' }) : '') : day(at) + ' ' + time(at);
  const label = (at, width) => width >= 21600 ? new Intl.DateTimeFormat([], { month: 'short', day: 'numeric', timeZone: width >= 86400 ? 'UTC' : undefined }).format(at * 1000)
    : width >= 3600 ? new Intl.DateTimeFormat([], { weekday: 'short', hour: '2-digit', hourCycle: 'h23' }).format(at * 1000) : time(at);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let source, last, silence = Date.now(), skew = 0, charts = [], samples = [], away, empty = false;

  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
  const LONGEST_NUMBER = 11;
  const day = (seconds, zone) => new Intl.DateTimeFormat([], { year: 'numeric', month: 'short', day: 'numeric', timeZone: zone }).format(seconds * 1000);

  const put = (id, text) => { const e = get(id); if (e.textContent !== text) e.textContent = text; };
  // A tile's number grows smaller as it grows longer, then is shortened; the whole is in its tooltip.
  function big(id, value, text) {
    const whole = text === undefined ? number.format(value) : text;
    put(id, whole.length > LONGEST_NUMBER && text === undefined ? compact.format(value) : whole);
    fit(get(id), whole);
  }
  function fit(element, whole) {
    if (element.title !== whole) element.title = whole;
    element.style.setProperty('--chars', Math.max(8, element.textContent.length));
  }
  const now = () => Date.now() / 1000 + skew;
  const span = (s) => s < 120 ? Math.round(s) + ' s' : s < 7200 ? Math.floor(s / 60) + ' min' : s < 172800 ? Math.floor(s / 3600) + ' h' : Math.floor(s / 86400) + ' days';
  const ago = (at) => { const s = now() - at; return s < 1 ? 'now' : span(s) + ' ago'; };
  const located = (country) => country === '(none)' ? 'not located' : country;
  const words = (code) => code.toLowerCase().replaceAll('_', ' ');

  function node(name, text, attributes) {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    Object.entries(attributes || {}).forEach(([k, v]) => e.setAttribute(k, v));
    return e;
  }
  // The first cell heads its row. Rows that stay keep their nodes, and with them focus and selection.
  function rows(table, all, none) {
    const body = get(table).tBodies[0];
    if (!all.length) {
      body.replaceChildren(node('tr'));
      body.rows[0].append(node('td', none, { class: 'none', colspan: 9 }));
      return [];
    }
    if (body.rows.length !== all.length || body.rows[0].cells.length !== all[0].length) {
      body.replaceChildren(...all.map((cells) => {
        const row = node('tr');
        cells.forEach((c, i) => row.append(i ? node('td') : node('th', undefined, { scope: 'row' })));
        return row;
      }));
    }
    all.forEach((cells, r) => cells.forEach((text, c) => {
      const cell = body.rows[r].cells[c];
      if (cell.textContent !== text) cell.textContent = text;
      if (c === 0 && cell.title !== text) cell.title = text;
    }));
    return [...body.rows];
  }
  function ranked(table, all, none, whole) {
    const most = Math.max(1, ...all.map((r) => r[1]));
    const cells = all.map((r) => [r[0], number.format(r[1]), ...(whole === undefined ? [] : [whole ? share.format(r[1] / whole) : '–'])]);
    rows(table, cells, none).forEach((row, i) => {
      row.style.setProperty('--share', (100 * all[i][1] / most).toFixed(1) + '%');
      if (row.cells[2]) row.cells[2].className = 'share';
    });
  }

  function drawCharts(n) {
    const x = n.bars.map((b) => Number(b[0]));
    const data = [[x, n.bars.map((b) => Number(b[1]))], [x, n.bars.map((b) => Number(b[2]))]];
    ['viewschart', 'userschart'].forEach((id, i) => get(id).toggleAttribute('data-empty', data[i][1].every((v) => v === 0)));
    document.querySelectorAll('.chart[data-empty]').forEach((e) => { e.dataset.empty = 'Nothing in this range'; });
    if (charts.length && charts.width === n.bar_seconds && charts.dark === dark.matches) {
      charts.forEach((c, i) => c.setData(data[i]));
      return;
    }
    charts.forEach((c) => c.destroy());
    charts = ['views', 'users'].map((id, i) => chart(id, data[i], i === 0, n.bar_seconds));
    charts.width = n.bar_seconds;
    charts.dark = dark.matches;
  }
  const sizeOf = (box) => ({ width: Math.max(200, box.clientWidth), height: box.clientHeight });
  function chart(id, data, bars, width) {
    const box = get(id + 'chart');
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const series = bars
      ? { fill: color('--gold'), width: 0, paths: uPlot.paths.bars({ size: [0.78, 56], align: 1, radius: 0.12 }), points: { show: false } }
      : { stroke: color('--blue'), fill: color('--haze'), width: 2, points: { show: false } };
    const readout = (u) => {
      const i = u.cursor.idx;
      put(id + 'readout', i == null || u.data[1][i] == null ? '' : label(u.data[0][i], width) + '  ' + number.format(u.data[1][i]));
    };
    return new uPlot({
      ...sizeOf(box), padding: [8, 20, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { show: !bars } }, legend: { show: false }, hooks: { setCursor: [readout] },
      scales: { x: { range: (u, lo, hi) => [lo, hi + (bars ? width : 0)] }, y: { range: (u, lo, hi) => [0, Math.max(4, hi * 1.08)] } },
      axes: [{ ...axis, size: 30, space: 64, grid: { show: false }, values: (u, ticks) => ticks.map((t) => label(t, width)) },
        { ...axis, size: 54, space: 38, values: (u, ticks) => ticks.map((t) => Number.isInteger(t) ? number.format(t) : '') }],
      series: [{}, series],
    }, data, box);
  }

  // What each layer has read and written, and when that was observed: bronze and silver by a look at the lake, gold by its
  // ledger. What waits in Kafka only bronze knows; it says so every few seconds, so silence is news as well.
  function layersOf(n) {
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
  function stateOf(l) {
    if (l.silent) return ['not heard of for ' + span(now() - l.silent), 'bad'];
    if (l.lag > 0 && now() - l.committed > IDLE_SECONDS) return ['stands still', 'bad'];
    if (l.lag > 0 && !(l.behind <= 10)) return ['catching up', 'warn'];
    if (now() - l.committed > IDLE_SECONDS) return ['nothing new', 'soft'];
    return ['keeps up', 'good'];
  }
  function sample(n) {
    samples.push({ at: n.at, written: LAYERS.map((l) => n.layers[l] ? n.layers[l].written : 0) });
    samples = samples.filter((s) => s.at > n.at - RATE_SECONDS);
  }
  function rateOf(layer) {
    const first = samples[0], newest = samples[samples.length - 1], i = LAYERS.indexOf(layer);
    const over = newest.at - first.at;
    return over < 3 ? '–' : rounded.format(Math.max(0, newest.written[i] - first.written[i]) / over) + '/s';
  }
  function showFlow(n) {
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
  function showAccount(n) {
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
    const named = n.reasons.reduce((sum, r) => sum + r[1], 0);
    ranked('reasons', [...n.reasons.map((r) => [words(r[0]), r[1]]), ...(s.quarantined > named ? [['before reasons were counted', s.quarantined - named]] : [])], 'Nothing was refused');
    get('flags').hidden = get('flagshead').hidden = !n.flags.length;
    ranked('flags', n.flags, '');
  }

  function showMarts(n) {
    const all = [...n.refused.map((r) => [r[0], r[1], r[2] + ' ' + r[3]]),
      ...n.filling.map((name) => ['gold.' + name, 'is being filled', 'From silver’s history; it takes its place when it has come as far as the others.'])];
    get('martscard').hidden = !all.length;
    rows('marts', all, 'All are').forEach((row, i) => { row.cells[1].className = i < n.refused.length ? 'bad' : 'warn'; });
  }

  // One site or all of them; there is nothing to choose from where there is one.
  function showSites(n) {
    const list = get('site'), names = n.site && !n.sites.includes(n.site) ? [...n.sites, n.site] : n.sites;
    get('sites').hidden = names.length < 2;
    if (names.join('\n') === [...list.options].slice(1).map((o) => o.value).join('\n')) return;
    list.replaceChildren(list.options[0], ...names.map((name) => new Option(name, name)));
    list.value = n.site || '';
  }

  function show(n) {
    showSites(n);
    const s = n.sessions, full = n.bars && n.bars[n.bars.length - 2];
    big('users', n.active_users);
    big('views', n.page_views);
    put('perminute', full ? number.format(full[1]) + ' in the last ' + 'full ' + BARS[n.bar_seconds] : 'in the range');
    big('sessions', s.all);
    put('openclosed', number.format(s.open) + ' open, ' + number.format(s.closed) + ' closed');
    big('conversion', 0, s.all ? share.format(s.converted / s.all) : '–');
    put('converted', number.format(s.converted) + (s.converted === 1 ? ' session' : ' sessions') + ' bought');
    showRevenue(n.revenue, n.other_revenue);
    big('late', s.late_events);
    put('barwidth', 'by ' + BARS[n.bar_seconds]);
    put('shown', n.bars ? 'Shown: ' + moment(n.first, n) + ' to ' + moment(n.last, n) : '');
    ranked('funnel', [['Sessions', s.all], ['Viewed a page', s.viewed], ['Put in the cart', s.carted], ['Purchased', s.converted]], '', s.all);
    ranked('pages', n.pages, 'No page views in this range');
    ranked('countries', n.countries.map((c) => [located(c[0]), c[1]]), 'No events in this range');
    rows('barstable', (n.bars || []).slice().reverse().map((b) => [(n.bar_seconds > 300 ? day(b[0]) + ' ' : '') + time(b[0]), number.format(b[1]), number.format(b[2])]), 'Nothing in this range');
    if (n.bars) drawCharts(n);
    sample(n);
    showAccount(n);
    showMarts(n);
    document.body.dataset.version = n.silver_version;
  }
  // Each currency by itself: there is no rate at which they would add up. Behind the first ten they are counted.
  function showRevenue(all, other) {
    const amount = (r) => r[2].replace(/\B(?=(\d{3})+(?!\d))/g, ',').replace(/(\.\d*),/g, '$1');
    const sum = get('revenue'), orders = all.reduce((sum, r) => sum + r[1], other.orders);
    const rest = Math.max(0, all.length - 4) + other.currencies;
    sum.replaceChildren(all.length ? amount(all[0]) + ' ' : '0', ...(all.length ? [node('span', all[0][0], { class: 'unit' })] : []));
    fit(sum, sum.textContent);
    put('orders', [number.format(orders) + (orders === 1 ? ' order' : ' orders'), ...all.slice(1, 4).map((r) => amount(r) + ' ' + r[0]),
      ...(rest ? [number.format(rest) + ' other ' + (rest === 1 ? 'currency' : 'currencies')] : [])].join(' · '));
  }

  // Spoken only where it changes, so that a screen reader is left in peace.
  function state() {
    const quiet = Date.now() - silence > 12000;
    const old = last ? now() - last.merged_at : 0;
    const asOf = last ? ' What is shown was right at ' + time(last.merged_at, { second: '2-digit' }) + '.' : '';
    const [name, text, banner] = quiet ? ['away', 'The server does not answer', 'The page has lost its server and tries again by itself.' + asOf]
      : away ? ['away', away, 'The page tries again by itself.' + asOf]
      : empty ? ['wait', 'No numbers yet']
      : !last ? ['wait', 'Connecting']
      : !last.present ? ['wait', 'No event merged yet']
      : old > STALE_SECONDS && !waits() ? ['done', 'Up to date as of ' + day(last.merged_at) + ' ' + time(last.merged_at)]
      : old > STALE_SECONDS ? ['stale', 'Stale: nothing merged for ' + span(old), whoStands() + asOf]
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
  // Layers that ran to their end, by --once, have nothing to wait for: what is shown is all there is.
  function waits() {
    const all = layersOf(last);
    return LAYERS.some((l) => all[l] && (all[l].silent || all[l].lag > 0));
  }
  function whoStands() {
    const all = layersOf(last), standing = LAYERS.filter((l) => all[l] && stateOf(all[l])[1] === 'bad');
    if (!last.observed_at || now() - last.observed_at > STALE_SECONDS) return 'Gold does not run.';
    if (all.bronze && all.bronze.silent) return 'Bronze does not run, or does not reach Kafka.';
    return standing.length ? 'Data waits, but ' + standing.join(' and ') + (standing.length > 1 ? ' stand still.' : ' stands still.') : 'No new record has come.';
  }

  // Days of the calendar, where they were chosen; else what is checked.
  function asked() {
    const checked = document.querySelector('input[name=range]:checked');
    return checked ? checked.value : get('from').value + '..' + get('to').value;
  }
  function connect() {
    if (source) source.close();
    source = new EventSource('/events?range=' + asked() + (get('site').value ? '&site=' + encodeURIComponent(get('site').value) : ''));
    const on = (name, act) => source.addEventListener(name, (e) => {
      silence = Date.now();
      act(JSON.parse(e.data));
      state();
    });
    on('numbers', (n) => {
      skew = n.at - Date.now() / 1000;
      [last, away, empty] = [n, undefined, false];
      // Before the charts, which take their width from it.
      get('main').hidden = false;
      show(n);
    });
    on('empty', () => { [last, away, empty, samples] = [undefined, undefined, true, []]; });
    on('away', (e) => { away = e.text; });
    on('pulse', () => {});
  }

  get('range').addEventListener('change', connect);
  get('site').addEventListener('change', connect);
  get('days').addEventListener('submit', (e) => {
    e.preventDefault();
    if (get('from').value > get('to').value) [get('from').value, get('to').value] = [get('to').value, get('from').value];
    document.querySelectorAll('input[name=range]').forEach((r) => { r.checked = false; });
    connect();
  });
  dark.addEventListener('change', () => last && last.bars && drawCharts(last));
  addEventListener('resize', () => charts.forEach((c) => c.setSize(sizeOf(c.root.parentElement))));
  setInterval(state, 1000);
  state();
  connect();
})();
