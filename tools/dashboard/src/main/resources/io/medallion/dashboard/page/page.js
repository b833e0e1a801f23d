'use strict';
// Everything from the database is set as text, never as markup.
(() => {
  const STALE_SECONDS = 120;
  const get = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat('en');
  const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
  const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const LAYERS = ['bronze', 'silver', 'gold'];
  let source, last, silence = Date.now(), skew = 0, charts = [], samples = [], away = false, empty = false;

  const put = (id, text) => { const e = get(id); if (e.textContent !== text) e.textContent = text; };
  const now = () => Date.now() / 1000 + skew;
  const age = (s) => {
    if (s < 1) return 'now';
    if (s < 120) return Math.round(s) + ' s ago';
    if (s < 7200) return Math.round(s / 60) + ' min ago';
    return s < 172800 ? Math.round(s / 3600) + ' h ago' : Math.round(s / 86400) + ' days ago';
  };
  const node = (name, text, attributes) => {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    Object.entries(attributes || {}).forEach(([k, v]) => e.setAttribute(k, v));
    return e;
  };
  const rows = (table, all) => get(table).tBodies[0].replaceChildren(...all.map((cells) => {
    const row = node('tr');
    cells.forEach((cell, i) => row.append(i ? node('td', cell) : node('th', cell, { scope: 'row', title: cell })));
    return row;
  }));
  const ranked = (table, all, text) => {
    const most = Math.max(1, ...all.map((r) => Number(r[1])));
    rows(table, all.map((r) => [r[0], text ? text(r) : number.format(r[1])]));
    [...get(table).tBodies[0].rows].forEach((row, i) =>
      row.style.setProperty('--share', (100 * all[i][1] / most).toFixed(1) + '%'));
  };

  function drawCharts(n) {
    const x = n.bars.map((b) => Number(b[0]));
    const data = [[x, n.bars.map((b) => Number(b[1]))], [x, n.bars.map((b) => Number(b[2]))]];
    if (charts.length && charts.width === n.bar_seconds && charts.dark === dark.matches) {
      charts.forEach((c, i) => c.setData(data[i]));
      return;
    }
    charts.forEach((c) => c.destroy());
    charts = ['viewschart', 'userschart'].map((id, i) => chart(get(id), data[i], i === 0, n.bar_seconds));
    charts.width = n.bar_seconds;
    charts.dark = dark.matches;
  }
  function chart(box, data, bars, width) {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    const series = bars
      ? { stroke: color('--gold'), fill: color('--bar'), width: 1, paths: uPlot.paths.bars({ size: [0.8, 60], align: 1 }), points: { show: false } }
      : { stroke: color('--blue'), width: 2, points: { show: false } };
    return new uPlot({
      width: Math.max(200, box.clientWidth), height: 210, cursor: { y: false }, legend: { show: false },
      scales: { x: { range: (u, lo, hi) => [lo, hi + (bars ? width : 0)] }, y: { range: (u, lo, hi) => [0, Math.max(4, hi * 1.12)] } },
      axes: [{ ...axis, space: 70, values: (u, ticks) => ticks.map((t) => clock.format(t * 1000)) }, { ...axis, size: 52, values: (u, ticks) => ticks.map((t) => Number.isInteger(t) ? number.format(t) : '') }],
      series: [{}, series],
    }, data, box);
  }

  function flow(n) {
    samples.push({ at: Number(n.merged_at), rows: LAYERS.map((l) => n.layers[l] ? n.layers[l].written : 0) });
    samples = samples.filter((s) => s.at > Number(n.merged_at) - 60);
    const first = samples[0], over = Number(n.merged_at) - first.at;
    const before = { silver: 'bronze', gold: 'silver' };
    rows('flow', LAYERS.filter((l) => n.layers[l]).map((l, i) => {
      const me = n.layers[l], up = n.layers[before[l]];
      const rate = over >= 2 ? number.format(Math.max(0, Math.round((me.written - first.rows[LAYERS.indexOf(l)]) / over))) + '/s' : '–';
      const lag = up ? number.format(Math.max(0, up.written - me.read)) + ' rows' : '–';
      return [l, number.format(me.written), rate, lag, me.newest_kafka ? age(now() - me.newest_kafka) : '–', me.position || '–'];
    }));
    const b = n.layers.bronze, s = n.layers.silver;
    if (!b || !s) return;
    const parts = s.written + s.quarantined + s.duplicates, open = b.written - parts;
    rows('account', [['Kafka records in bronze', number.format(b.written)], ['events in silver', number.format(s.written)],
      ['in quarantine', number.format(s.quarantined)], ['duplicates', number.format(s.duplicates)], ['on their way', number.format(Math.max(0, open))],
      ['left out as crawlers', number.format(n.bots)], ['left out as too late', number.format(n.beyond_lateness)]]);
    const adds = open >= 0;
    put('balance', adds ? (open === 0 ? 'It adds up: every record is one of these.' : 'Every record that silver has read is one of these.') : 'It does not add up: run medallion status.');
    get('balance').className = adds ? 'note good' : 'note bad';
  }

  function show(n) {
    put('users', number.format(n.active_users));
    put('views', number.format(n.page_views));
    const s = n.sessions;
    put('sessions', number.format(s.all));
    put('openclosed', number.format(s.open) + ' open, ' + number.format(s.closed) + ' closed');
    put('conversion', s.all ? share.format(s.converted / s.all) : '–');
    put('converted', number.format(s.converted) + ' sessions bought');
    const money = (r) => r[2].replace(/\B(?=(\d{3})+(?!\d))/g, ',').replace(/(\.\d*),/g, '$1') + ' ' + r[0];
    put('revenue', n.revenue.length ? money(n.revenue[0]) : '0');
    put('orders', n.revenue.length > 1 ? n.revenue.slice(1, 4).map(money).join(', ') : number.format(n.revenue.length ? n.revenue[0][1] : 0) + ' orders');
    put('late', number.format(s.late_events));
    put('barwidth', n.bar_seconds > 60 ? 'by five minutes' : 'by minute');
    ranked('funnel', [['Sessions', s.all], ['Viewed a page', s.viewed], ['Put in the cart', s.carted], ['Purchased', s.purchased]],
      (r) => number.format(r[1]) + (s.all ? '  ' + share.format(r[1] / s.all) : ''));
    ranked('pages', n.pages);
    ranked('countries', n.countries);
    rows('barstable', (n.bars || []).slice().reverse().map((b) => [clock.format(b[0] * 1000), number.format(b[1]), number.format(b[2])]));
    if (n.bars) drawCharts(n);
    flow(n);
    document.body.dataset.version = n.silver_version;
  }

  // Spoken only where it changes, so that a screen reader is left in peace.
  function state() {
    const quiet = Date.now() - silence > 12000;
    const old = last ? now() - last.merged_at : 0;
    const [name, text] = quiet ? ['away', 'The server does not answer']
      : away ? ['away', 'Postgres does not answer']
      : empty ? ['wait', 'No numbers yet']
      : !last ? ['wait', 'Connecting']
      : old > STALE_SECONDS ? ['stale', 'Stale: nothing merged for ' + (old < 7200 ? Math.floor(old / 60) + ' min' : Math.floor(old / 3600) + ' h')]
      : ['live', 'Live'];
    const e = get('state');
    put('state', text);
    e.dataset.state = name;
    get('main').toggleAttribute('data-dim', name === 'away' || name === 'stale');
    put('fresh', last ? 'merged ' + age(now() - last.merged_at) : '');
  }

  function connect() {
    if (source) source.close();
    const range = document.querySelector('input[name=range]:checked').value;
    source = new EventSource('/events?range=' + range);
    const on = (name, act) => source.addEventListener(name, (e) => {
      silence = Date.now();
      act(JSON.parse(e.data));
      state();
    });
    on('numbers', (n) => { skew = n.at - Date.now() / 1000; last = n; away = empty = false; show(n); });
    on('empty', () => { away = false; empty = true; last = undefined; });
    on('away', () => { away = true; });
    on('pulse', () => {});
  }

  get('range').addEventListener('change', connect);
  dark.addEventListener('change', () => last && drawCharts(last));
  addEventListener('resize', () => charts.forEach((c) => c.setSize({ width: Math.max(200, c.root.parentElement.clientWidth), height: 210 })));
  setInterval(state, 1000);
  connect();
})();
