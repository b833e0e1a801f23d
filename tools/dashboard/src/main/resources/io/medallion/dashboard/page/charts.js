// Charts by uPlot. What they show is in a table behind them, so they are hidden from screen readers.
import { put } from './dom.js';
import { label, number } from './format.js';

const dark = matchMedia('(prefers-color-scheme: dark)');
const open = new Map();
dark.addEventListener('change', () => open.forEach((c) => draw(c.box, c.what)));
export function fitCharts() { open.forEach((c) => { if (c.box.clientWidth) c.chart.setSize(sizeOf(c.box)); }); }
addEventListener('resize', fitCharts);

const sizeOf = (box) => ({ width: Math.max(200, box.clientWidth), height: box.clientHeight });
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLORS = ['--blue', '--gold', '--good', '--bad', '--bronze', '--silver', '--warn', '--soft'];
export const colorOf = (i) => COLORS[i % COLORS.length];

function series(kind, i) {
  if (kind === 'bars') return { fill: color('--gold'), width: 0, paths: uPlot.paths.bars({ size: [0.78, 56], align: 1, radius: 0.12 }), points: { show: false } };
  if (kind === 'before') return { stroke: color('--ink'), width: 1.25, dash: [4, 4], points: { show: false } };
  if (kind === 'area') return { stroke: color('--blue'), fill: color('--haze'), width: 2, points: { show: false } };
  return { stroke: color(colorOf(i)), width: 2, points: { show: false }, spanGaps: false };
}

// What: kinds of the series behind x, their data with x, the seconds between two x, where the values are read out, and what
// a press of an x does.
export function draw(box, what) {
  const key = [what.kinds.join(), what.width, dark.matches].join(' ');
  const empty = what.data.slice(1).every((values, i) => what.kinds[i] === 'before' || values.every((v) => !v));
  box.toggleAttribute('data-empty', empty);
  if (empty) box.dataset.empty = 'Nothing in this range';
  const there = open.get(box);
  if (there && there.key === key) {
    there.what = what;
    there.chart.setData(what.data);
    return;
  }
  if (there) there.chart.destroy();
  open.set(box, { box, key, what, chart: made(box, what) });
}
export function erase(box) { const there = open.get(box); if (there) { there.chart.destroy(); open.delete(box); } }

function made(box, first) {
  const axis = { stroke: color('--soft'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const bars = first.kinds.includes('bars');
  const now = () => open.get(box).what;
  const text = (v) => v == null ? '–' : number.format(v);
  const readout = (u) => {
    const i = u.cursor.idx, what = open.has(box) ? now() : first;
    if (!what.readout) return;
    put(what.readout, i == null || u.data[1][i] == null ? '' : [label(u.data[0][i], what.width), ...what.kinds.map((k, s) => text(u.data[s + 1][i]) + (k === 'before' ? ' before' : ''))].join('  '));
  };
  const chart = new uPlot({
    ...sizeOf(box), padding: [8, 20, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !bars } }, legend: { show: false }, hooks: { setCursor: [readout] },
    scales: { x: { range: (u, lo, hi) => [lo, hi + (bars ? first.width : 0)] }, y: { range: (u, lo, hi) => [Math.min(0, lo), Math.max(4, hi * 1.08)] } },
    axes: [{ ...axis, size: 30, space: 64, grid: { show: false }, values: (u, ticks) => ticks.map((t) => label(t, first.width)) },
      { ...axis, size: 60, space: 38, values: (u, ticks) => ticks.map((t) => Number.isInteger(t) ? Intl.NumberFormat('en', { notation: t >= 1e5 ? 'compact' : 'standard' }).format(t) : '') }],
    series: [{}, ...first.kinds.map(series)],
  }, first.data, box);
  chart.over.addEventListener('click', () => { const what = now(); if (what.press && chart.cursor.idx != null) what.press(chart.data[0][chart.cursor.idx]); });
  return chart;
}
