// Draws who answered whom from the table on the page. Without it, the table says the same.
(() => {
  'use strict';
  const figure = document.getElementById('network');
  const table = document.getElementById('pairs');
  if (!figure || !table || !window.d3 || !d3.forceSimulation) return;

  const PLACES = Array.from({length: 21}, (_, place) => place / 20); // where along a line it is looked for
  const TICKS = 300; // steps of the layout; it is at rest then, so that nothing moves by itself
  const svg = figure.querySelector('svg');
  const said = document.getElementById('network-said');
  const people = new Map();
  const lines = [];

  const person = (cell) => {
    const link = cell.querySelector('a');
    if (!people.has(link.href)) {
      people.set(link.href, {
        href: link.href, name: link.textContent, answered: 0, answering: 0, with: new Set(), lines: [],
      });
    }
    return people.get(link.href);
  };
  for (const row of table.tBodies[0].rows) {
    const source = person(row.cells[0]), target = person(row.cells[1]);
    const times = Number(row.cells[2].textContent.replace(/\D/g, ''));
    source.answering += times;
    target.answered += times;
    if (source === target) continue; // an answer to oneself is a number, and no line
    source.with.add(target);
    target.with.add(source);
    const line = {source, target, times};
    lines.push(line);
    source.lines.push(line);
    target.lines.push(line);
  }
  const nodes = [...people.values()].sort((a, b) => weight(b) - weight(a));

  function weight(node) {
    return node.answered + node.answering;
  }

  function radius(node) {
    return (width < 500 ? 0.7 : 1) * (4 + 2.2 * Math.sqrt(weight(node)));
  }

  function made(parent, name, attributes, words) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (words) element.textContent = words;
    return parent.appendChild(element);
  }

  figure.hidden = false;
  const width = Math.max(280, Math.round(svg.getBoundingClientRect().width));
  const height = Math.round(Math.min(Math.max(width * 0.7, 460), 680));
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('height', height);

  const labelled = Math.min(30, width < 500 ? width / 50 : width / 32); // people whose names are always shown: those with the most answers
  const most = Math.max(...lines.map((line) => line.times), 1);
  const room = Math.sqrt((width * height) / (nodes.length + 1));
  const simulation = d3.forceSimulation(nodes)
    .force('line', d3.forceLink(lines).distance(room * 0.7).strength((line) => 0.2 + (0.5 * line.times) / most))
    .force('apart', d3.forceManyBody().strength(-room * 3))
    .force('room', d3.forceCollide((node) => radius(node) + 5))
    .force('x', d3.forceX(width / 2).strength(0.07))
    .force('y', d3.forceY(height / 2).strength(0.09))
    .stop();
  simulation.tick(TICKS);
  const edge = width < 500 ? 30 : 60;
  spread('x', edge, width - edge);
  spread('y', 34, height - 20);

  const arrow = made(made(svg, 'defs', {}), 'marker', {
    id: 'ba-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
    orient: 'auto', markerUnits: 'userSpaceOnUse',
  });
  made(arrow, 'path', {d: 'M0 0L8 4L0 8Z', class: 'ba-arrow'});
  const behind = made(svg, 'g', {}), before = made(svg, 'g', {});
  for (const line of lines) {
    line.drawn = made(behind, 'path', {
      class: 'ba-edge', 'marker-end': 'url(#ba-arrow)', 'stroke-width': (1 + 4 * Math.sqrt(line.times / most)).toFixed(1),
    });
  }
  nodes.forEach((node, place) => {
    const words = `${node.name}: answered ${node.answering}, was answered ${node.answered}`;
    node.words = words;
    node.drawn = made(before, 'a', {href: node.href, class: 'ba-node', 'aria-label': words});
    made(node.drawn, 'title', {}, words);
    made(node.drawn, 'circle', {r: radius(node).toFixed(1)});
    const name = node.name.length > 24 ? `${node.name.slice(0, 23)}…` : node.name;
    node.label = made(node.drawn, 'text', {class: place < labelled ? '' : 'ba-minor'}, name);
    node.wide = [...name].reduce((sum, sign) => sum + (sign > '\u2e80' ? 12 : 7), 0);
    follow(node);
  });
  draw();

  // Widens the layout to all the room that there is.
  function spread(axis, least, greatest) {
    const places = nodes.map((node) => node[axis]);
    const first = Math.min(...places), span = Math.max(...places) - first;
    for (const node of nodes) {
      node[axis] = span ? least + ((node[axis] - first) / span) * (greatest - least) : (least + greatest) / 2;
    }
  }

  function within(value, least, greatest) {
    return Math.min(Math.max(value, least), greatest);
  }

  function draw() {
    for (const node of nodes) {
      const r = radius(node);
      node.x = within(node.x, r + 30, width - r - 30);
      node.y = within(node.y, r + 18, height - r - 4);
      node.drawn.setAttribute('transform', `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`);
    }
    for (const line of lines) {
      const {source, target, drawn} = line;
      const dx = target.x - source.x, dy = target.y - source.y, far = Math.hypot(dx, dy) || 1;
      const r = radius(target) + 2;
      // Bent, so that the answers of two people to each other are two lines.
      const bx = (source.x + target.x) / 2 + dy * 0.12, by = (source.y + target.y) / 2 - dx * 0.12;
      const x = target.x - (dx / far) * r, y = target.y - (dy / far) * r;
      line.along = PLACES.map((t) => ({
        x: (1 - t) ** 2 * source.x + 2 * t * (1 - t) * bx + t * t * x,
        y: (1 - t) ** 2 * source.y + 2 * t * (1 - t) * by + t * t * y,
      }));
      drawn.setAttribute('d', `M${source.x.toFixed(1)} ${source.y.toFixed(1)}Q${bx.toFixed(1)} ${by.toFixed(1)} ${x.toFixed(1)} ${y.toFixed(1)}`);
    }
    label();
  }

  // Puts each name on the side of its circle where it hides the least, those with the most answers first.
  function label() {
    const taken = [];
    for (const node of nodes) {
      let best = null;
      for (const side of sides(node)) {
        side.cost = cost(side, node, taken);
        if (!best || side.cost < best.cost) best = side;
      }
      if (!node.label.classList.contains('ba-minor')) taken.push(best);
      for (const [key, value] of Object.entries(best.text)) node.label.setAttribute(key, value);
    }
  }

  function sides(node) {
    const r = radius(node) + 4, w = node.wide, {x, y} = node;
    return [
      {left: x - w / 2, top: y - r - 14, text: {'text-anchor': 'middle', x: 0, y: -r}},
      {left: x - w / 2, top: y + r, text: {'text-anchor': 'middle', x: 0, y: r + 10}},
      {left: x + r, top: y - 7, text: {'text-anchor': 'start', x: r, y: 4}},
      {left: x - r - w, top: y - 7, text: {'text-anchor': 'end', x: -r, y: 4}},
    ].map((box) => ({...box, right: box.left + w, bottom: box.top + 14}));
  }

  function cost(box, node, taken) {
    const covers = (at, round) => at.x > box.left - round && at.x < box.right + round && at.y > box.top - round && at.y < box.bottom + round;
    let sum = box.left < 2 || box.right > width - 2 || box.top < 2 || box.bottom > height - 2 ? 100 : 0;
    for (const other of nodes) if (other !== node && covers(other, radius(other))) sum += 10;
    for (const other of taken) {
      if (other.left < box.right && other.right > box.left && other.top < box.bottom && other.bottom > box.top) sum += 20;
    }
    for (const line of lines) for (const at of line.along) if (covers(at, 3)) sum += 1;
    return sum;
  }

  function light(node) {
    svg.classList.toggle('ba-lit', Boolean(node));
    for (const other of nodes) {
      other.drawn.classList.toggle('ba-on', other === node || Boolean(node && node.with.has(other)));
    }
    for (const line of lines) line.drawn.classList.toggle('ba-on', Boolean(node && node.lines.includes(line)));
    said.textContent = node ? `${node.words}; in conversation with ${[...node.with].map((other) => other.name).join(', ') || 'nobody else'}.` : '';
  }

  function follow(node) {
    let from = null, moved = false;
    node.drawn.addEventListener('pointerenter', () => light(node));
    node.drawn.addEventListener('pointerleave', () => light(null));
    node.drawn.addEventListener('focus', () => light(node));
    node.drawn.addEventListener('blur', () => light(null));
    node.drawn.addEventListener('dragstart', (event) => event.preventDefault());
    node.drawn.addEventListener('pointerdown', (event) => {
      from = {x: event.clientX, y: event.clientY, left: node.x, top: node.y};
      moved = false;
      node.drawn.setPointerCapture(event.pointerId);
    });
    node.drawn.addEventListener('pointermove', (event) => {
      if (!from) return;
      const dx = event.clientX - from.x, dy = event.clientY - from.y;
      moved = moved || Math.hypot(dx, dy) > 4;
      if (!moved) return;
      node.x = from.left + dx;
      node.y = from.top + dy;
      draw();
    });
    node.drawn.addEventListener('pointerup', () => { from = null; });
    node.drawn.addEventListener('pointercancel', () => { from = null; });
    node.drawn.addEventListener('click', (event) => {
      if (moved && event.detail) event.preventDefault(); // the end of a move; the keyboard's click has no detail
      moved = false;
    });
  }
})();
