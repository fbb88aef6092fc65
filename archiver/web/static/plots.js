// Draws the plots with Observable Plot, from the same rows that are a click away. What the server has drawn stays for
// print, and where this cannot run.
(() => {
  'use strict';
  if (!window.Plot) return;

  const WAIT = 150; // milliseconds that a width must have stayed, before all is drawn anew
  const count = (number) => number.toLocaleString('en');
  const many = (number, one) => `${count(number)} ${number === 1 ? one : `${one}s`}`;
  const short = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

  function summed(rows, key, number) {
    const sums = new Map();
    for (const row of rows) sums.set(row[key], (sums.get(row[key]) || 0) + row[number]);
    return [...sums];
  }

  function months(rows, noun, link) {
    return summed(rows.filter((row) => row.month), 'month', `${noun}s`).sort().map(([month, held]) => {
      const [year, number] = month.split('-').map(Number);
      const name = new Date(Date.UTC(year, number - 1)).toLocaleDateString('en', {month: 'long', year: 'numeric', timeZone: 'UTC'});
      return {
        from: new Date(Date.UTC(year, number - 1)), to: new Date(Date.UTC(year, number)), middle: new Date(Date.UTC(year, number - 1, 15)),
        held, words: `${name}\n${many(held, noun)}`, href: link + encodeURIComponent(month),
      };
    });
  }

  // Of each plot: the bars that its rows make, and the names of its axes.
  const KINDS = {
    posts_per_month: {across: 'month', bars: (rows, link) => months(rows, 'post', link), up: 'Posts'},
    comments_per_month: {across: 'month', bars: (rows, link) => months(rows, 'comment', link), up: 'Comments'},
    comments_per_post: {
      across: 'band', up: 'Posts', along: 'Comments below a post',
      bars: (rows) => rows.map(({least, most, posts}) => {
        const label = least === most ? String(least) : most ? `${least}–${most}` : `${least}+`;
        return {label, held: posts, words: `${label} ${label === '1' ? 'comment' : 'comments'}\n${many(posts, 'post')}`};
      }),
    },
    thread_depth: {
      across: 'band', up: 'Comments', along: 'Level in the thread',
      bars: (rows) => summed(rows, 'depth', 'comments').sort(([one], [other]) => (one || 0) - (other || 0)).map(([depth, held]) => ({
        label: depth ? String(depth) : 'unknown', held, words: `${depth ? `Level ${depth}` : 'Level not known'}\n${many(held, 'comment')}`,
      })),
    },
    most_active_commenters: {
      across: 'name', up: 'Comments',
      bars: (rows, link) => rows.map(({author_id, name, comments, posts}) => ({
        label: author_id, name: name || 'Nameless', held: comments, href: link + encodeURIComponent(author_id),
        words: `${short(name || 'Nameless', 40)}\n${many(comments, 'comment')} on ${many(posts, 'post')}`,
      })),
    },
  };

  // Marks are drawn for eyes alone: what they say is told, bar by bar, to who goes along them.
  const BAR = {fill: 'var(--ba-bar)'}, LIT = {fill: 'var(--ba-link)', ariaHidden: 'true'};
  const TIP = {ariaHidden: 'true', title: 'words', fill: 'var(--ba-card)', stroke: 'var(--ba-faint)', textPadding: 9, lineWidth: 30, pointerSize: 8};

  function options(kind, bars, width) {
    const narrow = width < 500;
    const base = {className: 'ba-chart', width, marginTop: 26, style: {fontSize: '13px'}};
    if (kind.across === 'name') {
      const names = new Map(bars.map((bar) => [bar.label, short(bar.name, narrow ? 16 : 30)]));
      const ticks = narrow ? 3 : 8;
      const place = {x1: 0, x2: 'held', y: 'label'}; // both ends, or bars are stacked
      return {
        ...base, height: bars.length * 26 + 64, marginLeft: narrow ? 128 : 230, marginTop: 36,
        x: {label: `${kind.up} →`, labelAnchor: 'right', ticks, tickFormat: whole}, y: {label: null, domain: [...names.keys()], tickFormat: (key) => names.get(key)},
        marks: [
          Plot.axisX({anchor: 'top', label: `${kind.up} →`, labelAnchor: 'right', ticks, tickFormat: whole}), Plot.gridX({ticks}),
          Plot.barX(bars, {...place, ...BAR}), Plot.barX(bars, Plot.pointerY({...place, ...LIT})),
          Plot.tip(bars, Plot.pointerY({x: 'held', y: 'label', ...TIP})), Plot.ruleX([0]),
        ],
      };
    }
    const isTime = kind.across === 'month';
    const place = {...(isTime ? {x1: 'from', x2: 'to'} : {x: 'label'}), y1: 0, y2: 'held'};
    const mark = isTime ? Plot.rectY : Plot.barY;
    const slanted = narrow && !isTime && bars.some((bar) => bar.label.length > 3); // or labels run into each other
    return {
      ...base, height: narrow ? 220 : 250, marginLeft: 52, marginBottom: isTime ? 32 : slanted ? 66 : 44,
      x: isTime ? {type: 'utc', label: null} : {label: kind.along, labelAnchor: 'center', labelArrow: 'none', tickRotate: slanted ? -40 : 0, domain: bars.map((bar) => bar.label)},
      y: {label: `↑ ${kind.up}`, labelArrow: 'none', ticks: 5, tickFormat: whole, nice: true},
      marks: [
        Plot.gridY({ticks: 5}), mark(bars, {...place, ...BAR}),
        mark(bars, Plot.pointerX({...place, ...(isTime ? {px: 'middle'} : {}), ...LIT})),
        Plot.tip(bars, Plot.pointerX({x: isTime ? 'middle' : 'label', y: 'held', ...TIP})), Plot.ruleY([0]),
      ],
    };
  }

  function whole(number) {
    return Number.isInteger(number) ? count(number) : '';
  }

  function drawn(figure, kind, bars) {
    const width = Math.max(280, Math.round(figure.clientWidth));
    const chart = Plot.plot(options(kind, bars, width));
    for (const part of chart.children) part.setAttribute('aria-hidden', 'true');
    chart.setAttribute('role', 'group');
    chart.setAttribute('tabindex', '0');
    chart.setAttribute('aria-label', `${figure.dataset.name}. The arrow keys lead from bar to bar; the table below says the same.`);
    let place = -1; // of the bar that the keyboard is at
    chart.addEventListener('input', () => chart.classList.toggle('ba-leads', Boolean(chart.value && chart.value.href)));
    chart.addEventListener('click', () => chart.value && chart.value.href && location.assign(chart.value.href));
    chart.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && place >= 0 && bars[place].href) location.assign(bars[place].href);
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      const next = event.key === 'Home' ? 0 : event.key === 'End' ? bars.length - 1 : step && Math.min(Math.max(place + step, 0), bars.length - 1);
      if (next === undefined) return;
      event.preventDefault();
      place = next;
      point(chart, kind, bars[place]);
      figure.querySelector('.ba-told').textContent = bars[place].words.replace('\n', ': ') + (bars[place].href ? '. Enter leads there.' : '');
    });
    chart.addEventListener('blur', () => {
      place = -1;
      figure.querySelector('.ba-told').textContent = '';
      chart.dispatchEvent(new PointerEvent('pointerleave', {pointerType: 'mouse'}));
    });
    return chart;
  }

  // What a mouse over that bar would do.
  function point(chart, kind, bar) {
    const x = chart.scale('x'), y = chart.scale('y'), box = chart.getBoundingClientRect();
    const along = (scale, value) => scale.apply(value) + (scale.bandwidth || 0) / 2;
    const left = kind.across === 'name' ? along(x, bar.held) : along(x, kind.across === 'month' ? bar.middle : bar.label);
    const top = kind.across === 'name' ? along(y, bar.label) : along(y, bar.held);
    const size = box.width / chart.viewBox.baseVal.width;
    chart.dispatchEvent(new PointerEvent('pointermove', {
      clientX: box.left + left * size, clientY: box.top + top * size, pointerType: 'mouse', bubbles: true,
    }));
  }

  async function begin(figure) {
    const kind = KINDS[figure.dataset.plot];
    const answer = await fetch(figure.dataset.rows);
    if (!kind || !answer.ok) return;
    const bars = kind.bars(await answer.json(), figure.dataset.link);
    if (!bars.length) return;
    let chart = null, width = 0, waiting = 0;
    const draw = () => {
      if (figure.clientWidth === width || !figure.clientWidth) return;
      const next = drawn(figure, kind, bars);
      width = figure.clientWidth;
      if (chart) chart.replaceWith(next);
      else figure.prepend(next);
      chart = next;
      figure.classList.add('ba-live');
    };
    draw();
    new ResizeObserver(() => {
      if (matchMedia('print').matches) return;
      clearTimeout(waiting);
      waiting = setTimeout(draw, WAIT);
    }).observe(figure);
  }

  for (const figure of document.querySelectorAll('figure[data-plot]')) begin(figure);
})();
