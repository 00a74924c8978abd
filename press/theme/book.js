// SPDX-License-Identifier: MIT
//
// What the pages do beyond being read: light and dark, contents that follow
// the scroll, search, where a value came from, lines that light up, figures'
// values. The book reads without it. What it loads (the search index, the
// pages of ids) are plain scripts, so that it works from file:// too.
(function () {
  'use strict';
  var root = document.documentElement;
  var base = document.body.dataset.root;

  function all(selector, within) { return Array.from((within || document).querySelectorAll(selector)); }
  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }
  function load(file, have, then) {
    if (have()) return then();
    var script = make('script');
    script.src = base + file;
    script.onload = then;
    document.head.appendChild(script);
  }

  // ---- Light and dark
  function dark() {
    return root.dataset.theme ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
  }
  function theme(button) {
    function show() { button.textContent = dark() ? 'Light' : 'Dark'; }
    button.addEventListener('click', function () {
      root.dataset.theme = dark() ? 'light' : 'dark';
      try { localStorage.setItem('theme', root.dataset.theme); } catch (e) { /* not kept */ }
      show();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
    show();
  }

  // ---- Contents: a drawer where there is no room at the side; the line of
  // what is being read is marked.
  function drawer(button, side) {
    var others = [document.getElementById('main'), document.querySelector('.search'), document.getElementById('theme'), document.querySelector('.home')];
    function set(open) {
      document.body.classList.toggle('drawer', open);
      button.setAttribute('aria-expanded', open);
      others.forEach(function (e) { e.inert = open; });
      if (open) (side.querySelector('[aria-current]') || side.querySelector('a')).focus();
    }
    button.setAttribute('role', 'button');
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', function (e) {
      e.preventDefault();
      set(!document.body.classList.contains('drawer'));
    });
    button.addEventListener('keydown', function (e) { if (e.key === ' ') { e.preventDefault(); button.click(); } });
    side.addEventListener('click', function (e) { if (e.target.closest('a')) set(false); });
    document.addEventListener('keydown', function (e) {
      if (e.key !== 'Escape' || !document.body.classList.contains('drawer')) return;
      set(false);
      button.focus();
    });
    document.addEventListener('click', function (e) {
      if (document.body.classList.contains('drawer') && !e.target.closest('.side, .to-contents')) set(false);
    });
  }
  function follow(side) {
    var links = {};
    all('a[href^="#"]', side).forEach(function (a) { links[a.hash.slice(1)] = a; });
    var headings = all('main :is(h1, h2, h3)[id]').filter(function (h) { return links[h.id]; });
    if (!headings.length) return;
    var current, waiting;
    function look() {
      waiting = false;
      var found = headings[0];
      headings.forEach(function (h) { if (h.getBoundingClientRect().top < 140) found = h; });
      if (found === current) return;
      if (current) links[current.id].removeAttribute('aria-current');
      current = found;
      var link = links[current.id];
      link.setAttribute('aria-current', 'location');
      var at = link.getBoundingClientRect(), box = side.getBoundingClientRect();
      if (at.top < box.top + 40 || at.bottom > box.bottom - 40) side.scrollTop += at.top - box.top - box.height / 3;
    }
    addEventListener('scroll', function () {
      if (!waiting) { waiting = true; requestAnimationFrame(look); }
    }, { passive: true });
    look();
  }

  // ---- An id that this page does not have is looked up: it was here before
  // the chapter was split, or it is folded away.
  function arrive() {
    var id = decodeURIComponent(location.hash.slice(1));
    if (!id) return;
    var target = document.getElementById(id);
    if (!target) {
      load('ids.js', function () { return window.PAGEWISE_IDS; }, function () {
        var file = window.PAGEWISE_IDS[id];
        if (file) location.replace(base + file + '#' + id);
      });
      return;
    }
    unfold(target);
    var asked = new URLSearchParams(location.search);
    if (asked.get('q')) mark(target, asked.get('q'));
    if (asked.get('lines')) light(target, asked.get('lines'), true);
  }
  function unfold(target) {
    var folded = target.querySelector(':scope > details') || target.closest('details');
    if (folded && !folded.open) {
      folded.open = true;
      target.scrollIntoView();
    }
  }

  // ---- Search: every word must begin a word of the entry. Names and terms
  // that are what was asked for come first, then titles, then text.
  var kinds = { name: 'name', term: 'term', text: 'text', code: 'code', figure: 'figure', table: 'table', output: 'output', claim: 'claim' };
  function pattern(word, more) {
    return new RegExp('(^|[^\\p{L}\\p{N}])(' + word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + ')', 'iu' + (more || ''));
  }
  function wordsOf(query) { return query.trim().replace(/\(\)/g, '').split(/\s+/).filter(Boolean); }
  function find(query) {
    var said = query.trim().toLowerCase().replace(/^(struct|enum|union) |\(\)$/g, '');
    var words = wordsOf(query).map(function (word) { return pattern(word); });
    if (!words.length) return [];
    return window.PAGEWISE_INDEX.map(function (entry, at) {
      var kind = entry[0], title = entry[2].toLowerCase(), score = 0;
      var hit = words.every(function (word) {
        var inTitle = word.test(entry[2]), inText = word.test(entry[3]);
        score += inTitle ? 10 : inText ? 1 : 0;
        return inTitle || inText;
      });
      if (!hit) return null;
      if (kind === 'name') score += title === said ? 1000 : title.indexOf(said) === 0 ? 60 : words.every(function (w) { return w.test(entry[2]); }) ? 30 : -5;
      if (kind === 'term') score += title === said ? 900 : title.indexOf(said) === 0 ? 80 : -5;
      if (kind === 'text' && title === said) score += 300;
      if (words.length > 1 && entry[3].toLowerCase().indexOf(said) >= 0) score += 15;
      return { entry: entry, score: score, at: at };
    }).filter(Boolean).sort(function (a, b) { return b.score - a.score || a.at - b.at; });
  }
  function marked(text, words) {
    var span = make('span'), from = 0, places = [];
    words.forEach(function (word) {
      for (const m of text.matchAll(pattern(word, 'g'))) places.push([m.index + m[1].length, m.index + m[0].length]);
    });
    places.sort(function (a, b) { return a[0] - b[0]; }).forEach(function (place) {
      if (place[0] < from) return;
      span.append(text.slice(from, place[0]), make('mark', '', text.slice(place[0], place[1])));
      from = place[1];
    });
    span.append(text.slice(from));
    return span;
  }
  function excerpt(entry, words) {
    var text = entry[3], at = text.search(pattern(words[0]));
    if (entry[0] === 'code' || entry[0] === 'output') {
      var line = text.slice(text.lastIndexOf('\n', Math.max(0, at)) + 1).split('\n')[0];
      return marked(line.trim().slice(0, 150), words);
    }
    var from = Math.max(0, at - 50);
    from = from && text.indexOf(' ', from) + 1;
    return marked((from ? '… ' : '') + text.slice(from, from + 150) + (text.length > from + 150 ? ' …' : ''), words);
  }
  function search(input, list) {
    var most = 20;
    function row(hit, words) {
      var entry = hit.entry, at = entry[1].split('#'), link = make('a', 'k-' + entry[0]);
      link.href = base + (/^(name|term)$/.test(entry[0]) ? entry[1]
        : at[0] + '?q=' + encodeURIComponent(words.join(' ')) + (at[1] ? '#' + at[1] : ''));
      link.append(make('i', '', kinds[entry[0]]), make('b', '', entry[2]), excerpt(entry, words));
      return link;
    }
    function draw() {
      var words = wordsOf(input.value), hits = find(input.value);
      list.hidden = !words.length;
      list.textContent = '';
      var said = make('p', 'count', !hits.length ? 'Nothing found.' : hits.length === 1 ? 'One place.' : hits.length + ' places' + (hits.length > most ? ', the first ' + most + '.' : '.'));
      said.setAttribute('role', 'status');
      list.append(said);
      hits.slice(0, most).forEach(function (hit) { list.append(row(hit, words)); });
      if (hits.length > most) {
        var more = make('button', 'more', 'Show all ' + hits.length);
        more.type = 'button';
        more.addEventListener('click', function () { most = Infinity; draw(); most = 20; });
        list.append(more);
      }
    }
    function ready() { load('search-index.js', function () { return window.PAGEWISE_INDEX; }, draw); }
    input.addEventListener('focus', ready);
    input.addEventListener('input', ready);
    input.addEventListener('keydown', function (e) {
      var first = list.querySelector('a');
      if (e.key === 'Enter' && first) location.href = first.href;
      if (e.key === 'ArrowDown' && first) { e.preventDefault(); first.focus(); }
    });
    list.addEventListener('keydown', function (e) {
      var links = all('a, button', list), at = links.indexOf(document.activeElement);
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
        e.preventDefault();
        (links[at + (e.key === 'ArrowDown' ? 1 : -1)] || input).focus();
      }
    });
    list.addEventListener('click', function (e) { if (e.target.closest('a')) list.hidden = true; });
    document.addEventListener('keydown', function (e) {
      if (e.key === '/' && !e.ctrlKey && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        e.preventDefault();
        input.focus();
      } else if (e.key === 'Escape') {
        list.hidden = true;
        if (document.activeElement === input) input.blur();
      }
    });
    document.addEventListener('click', function (e) { if (!e.target.closest('.search')) list.hidden = true; });
  }

  // What a hit led to: the first paragraph, line or cell with all words,
  // else with the first; its words are marked.
  function mark(target, query) {
    var words = wordsOf(query), blocks = [], scope = [target];
    if (/^H[1-6]$/.test(target.tagName)) {
      for (var e = target.nextElementSibling; e && !/^H[1-3]$/.test(e.tagName); e = e.nextElementSibling) scope.push(e);
    }
    scope.forEach(function (part) {
      if (part.matches('p, h1, h2, h3, li')) blocks.push(part);
      blocks.push.apply(blocks, all('p, li, td, th, .l, figcaption, summary, dt, dd', part));
    });
    function has(block, some) {
      return some.every(function (word) { return pattern(word).test(block.textContent); });
    }
    var block = blocks.find(function (b) { return has(b, words); }) || blocks.find(function (b) { return has(b, words.slice(0, 1)); });
    if (!block) return;
    var walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT), texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach(function (text) {
      if (words.some(function (w) { return pattern(w).test(text.data); })) {
        var span = marked(text.data, words);
        text.replaceWith.apply(text, Array.from(span.childNodes));
      }
    });
    unfold(block);
    block.scrollIntoView({ block: 'center' });
  }

  // ---- Lines of a listing that the text speaks of
  function light(figure, lines, on) {
    var ends = lines.split('-').map(Number);
    all('.l', figure).forEach(function (l) {
      var n = Number(l.dataset.n);
      if (n >= ends[0] && n <= ends[ends.length - 1]) l.classList.toggle('lit', on);
    });
    return figure.querySelector('.lit');
  }
  function lines() {
    function over(e, on) {
      var a = e.target.closest && e.target.closest('a.lines');
      var figure = a && document.getElementById(a.hash.slice(1));
      if (figure) light(figure, a.dataset.lines, on);
    }
    ['pointerover', 'focusin'].forEach(function (t) { document.addEventListener(t, function (e) { over(e, true); }); });
    ['pointerout', 'focusout'].forEach(function (t) { document.addEventListener(t, function (e) { over(e, false); }); });
    document.addEventListener('click', function (e) {
      var a = e.target.closest('a.lines'), figure = a && document.getElementById(a.hash.slice(1));
      if (!figure) return;
      e.preventDefault();
      all('.lit').forEach(function (l) { l.classList.remove('lit'); });
      unfold(figure);
      light(figure, a.dataset.lines, true).scrollIntoView({ block: 'center' });
    });
  }

  // ---- Where a value came from, what a term means, a figure's values
  var tip = make('div');
  function hideTip() { tip.remove(); }
  function showTip(target) {
    tip.textContent = target.dataset.tip;
    document.body.appendChild(tip);
    var at = target.getBoundingClientRect(), wide = tip.offsetWidth;
    var left = Math.min(at.left, root.clientWidth - wide - 12);
    tip.style.left = Math.max(12, left) + scrollX + 'px';
    tip.style.top = (at.bottom + tip.offsetHeight + 12 > innerHeight ? at.top - tip.offsetHeight - 6 : at.bottom + 6) + scrollY + 'px';
  }
  function tips() {
    tip.id = 'tip';
    tip.setAttribute('role', 'status');
    function over(e) {
      var target = e.target.closest && e.target.closest('[data-tip]');
      if (target) showTip(target); else if (e.target !== tip) hideTip();
    }
    ['pointerover', 'click', 'focusin'].forEach(function (t) { document.addEventListener(t, over); });
    document.addEventListener('keydown', function (e) { if (e.key === 'Escape') hideTip(); });
  }

  // ---- Keyboard: one stop for the values, terms and names of a section and
  // one for those of a listing; arrows go on from there.
  function rove(items) {
    items.forEach(function (item, i) {
      item.tabIndex = i ? -1 : 0;
      item.addEventListener('keydown', function (e) {
        var to = { ArrowRight: items[i + 1], ArrowLeft: items[i - 1] }[e.key];
        if (!to) return;
        e.preventDefault();
        item.tabIndex = -1;
        to.tabIndex = 0;
        to.focus();
      });
    });
  }
  function stops() {
    var groups = new Map(), group;
    all('main :is(h1, h2, h3), main [data-tip], main a[tabindex="-1"]').forEach(function (e) {
      if (/^H[1-3]$/.test(e.tagName)) group = e;
      if (e.closest('pre, svg, .field')) return;
      if (!e.matches('[data-tip], a[tabindex]')) return;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(e);
    });
    groups.forEach(rove);
    all('pre.code').forEach(function (pre) {
      var names = all('a', pre);
      if (!names.length) return;
      pre.addEventListener('keydown', function (e) {
        var at = names.indexOf(document.activeElement);
        var to = e.key === 'Enter' && at < 0 ? names[0] : e.altKey ? null
          : e.key === 'ArrowRight' && at >= 0 ? names[at + 1]
            : e.key === 'ArrowLeft' && at >= 0 ? names[at - 1]
              : e.key === 'Escape' && at >= 0 ? pre : null;
        if (to) { e.preventDefault(); to.focus(); }
      });
    });
  }
  // Wide things scroll by keyboard; code can be walked through.
  function scrollers() {
    all('pre.code, .wide, .mathbox').filter(function (box) {
      return box.querySelector('a') || box.scrollWidth > box.clientWidth;
    }).forEach(function (box) { box.tabIndex = 0; });
  }

  // ---- Notes open in place on small screens
  function notes() {
    document.addEventListener('click', function (e) {
      var ref = e.target.closest('.noteref');
      var note = ref && document.getElementById(ref.hash.slice(1));
      if (!note) return;
      e.preventDefault();
      note.classList.toggle('open');
      if (matchMedia('(min-width: 72rem)').matches) {
        note.classList.add('lit');
        setTimeout(function () { note.classList.remove('lit', 'open'); }, 1600);
      }
    });
  }

  // ---- Copy a listing
  function copies() {
    all('main pre.code').forEach(function (pre) {
      var button = make('button', 'copy', 'Copy');
      button.type = 'button';
      button.addEventListener('click', function () {
        var text = pre.querySelector('code').textContent;
        function done() {
          button.textContent = 'Copied';
          setTimeout(function () { button.textContent = 'Copy'; }, 1500);
        }
        function byHand() {
          var area = make('textarea');
          area.value = text;
          document.body.append(area);
          area.select();
          if (document.execCommand('copy')) done();
          area.remove();
        }
        if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand); else byHand();
      });
      var box = make('div', 'codebox');
      pre.replaceWith(box);
      box.append(button, pre);
    });
  }

  // ---- Figures: their values by arrow keys, and large
  function figures() {
    all('.plot').forEach(function (plot) {
      var at = -1;
      function points() {
        return all('[data-tip]', plot).filter(function (p) { return p.getClientRects().length; });
      }
      plot.tabIndex = 0;
      plot.addEventListener('keydown', function (e) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], list = points();
        if (!step || !list.length) return;
        e.preventDefault();
        at = (at + step + list.length) % list.length;
        all('.on', plot).forEach(function (p) { p.classList.remove('on'); });
        list[at].classList.add('on');
        showTip(list[at]);
      });
      plot.addEventListener('blur', function () {
        all('.on', plot).forEach(function (p) { p.classList.remove('on'); });
        hideTip();
      });
      var button = make('button', 'enlarge', 'Enlarge');
      button.type = 'button';
      button.addEventListener('click', function () { enlarge(plot, button); });
      plot.after(button);
    });
  }
  function enlarge(plot, button) {
    var dialog = make('dialog', 'large'), close = make('button', '', 'Close'), place = make('div');
    dialog.setAttribute('aria-label', plot.getAttribute('aria-label').slice(0, 100));
    plot.replaceWith(place);
    dialog.append(close, plot);
    document.body.append(dialog);
    close.addEventListener('click', function () { dialog.close(); });
    dialog.addEventListener('close', function () {
      place.replaceWith(plot);
      dialog.remove();
      button.focus();
    });
    dialog.showModal();
  }

  // ---- The field of verdicts on the first page
  function field(box, says) {
    var rest = says.innerHTML, statements = JSON.parse(document.getElementById('statements').textContent);
    // A table for each allocator; a kernel's row goes through all of them.
    var rows = all('table:first-child tbody tr', box).map(function (_, k) {
      return all('tbody', box).flatMap(function (body) { return all('td', body.rows[k]); });
    });
    var at = [0, -1], on;
    function show(td) {
      if (on) on.classList.remove('on');
      on = td;
      if (!td) { says.innerHTML = rest; return; }
      td.classList.add('on');
      var row = rows.find(function (r) { return r.includes(td); }), column = row.indexOf(td);
      says.textContent = '';
      says.append(make('b', '', 'Kernel ' + td.parentNode.querySelector('th').textContent + ', '), statements[column] + ' ',
        make('b', td.className.replace(' on', ''), td.querySelector('a').getAttribute('aria-label').replace(/^.*?: /, '') + '.'));
    }
    box.addEventListener('pointerover', function (e) { var td = e.target.closest('tbody td'); if (td) show(td); });
    box.addEventListener('pointerleave', function () { if (document.activeElement !== box) show(null); });
    box.addEventListener('blur', function () { show(null); });
    box.addEventListener('keydown', function (e) {
      var step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[e.key];
      if (e.key === 'Enter' && on) location.href = on.querySelector('a').href;
      if (!step) return;
      e.preventDefault();
      at = [Math.min(rows.length - 1, Math.max(0, at[0] + step[0])), Math.min(rows[0].length - 1, Math.max(0, at[1] + step[1]))];
      show(rows[at[0]][at[1]]);
    });
  }

  // ---- The guide: three choices that hide the rows that do not answer them
  function choices(label, options, changed) {
    var box = document.createElement('label'), select = document.createElement('select');
    options.forEach(function (o) { select.add(new Option(o[1], o[0])); });
    box.append(label + ' ', select);
    select.addEventListener('change', changed);
    return { box: box, select: select };
  }
  function size(bytes) {
    return bytes < 1024 ? bytes + ' B' : bytes < 1048576 ? bytes / 1024 + ' KiB' : bytes / 1048576 + ' MiB';
  }
  function guide() {
    var table = document.querySelector('figure.guide table');
    if (!table) return;
    var rows = Array.from(table.tBodies), sizes = [['', 'any size']], context, need, large, said;
    for (var n = 8; n <= 16777216; n *= 2) sizes.push([n, size(n)]);
    function narrow() {
      var left = 0;
      rows.forEach(function (row) {
        var d = row.dataset, n = Number(large.select.value);
        row.hidden = context.select.value && d.context !== context.select.value ||
          need.select.value && d.name !== need.select.value ||
          n && (n < Number(d.from) || n > Number(d.to)) || false;
        left += !row.hidden;
      });
      said.textContent = left === 0 ? 'No call does that.' : left === rows.length ? '' :
        left === 1 ? 'One call is left.' : left + ' rows are left.';
    }
    context = choices('The caller', [['', 'may be anything'], ['sleep', 'may sleep'], ['atomic', 'may not sleep'],
      ['user', 'is a process']], narrow);
    need = choices('and wants', [['', 'anything'], ['any', 'memory for the processor'], ['same', 'many objects of one kind'],
      ['device', 'memory for a device'], ['pages', 'whole pages'], ['percpu', 'one for each processor']], narrow);
    large = choices('of', sizes, narrow);
    said = document.createElement('output');
    var form = document.createElement('form');
    form.className = 'choices';
    form.append(context.box, need.box, large.box, said);
    table.parentNode.before(form);
  }

  // What can wait waits, a piece at a time, so that the page answers at once.
  function later(list) {
    var wait = window.requestIdleCallback || function (f) { setTimeout(f, 30); };
    wait(function () {
      list.shift()();
      if (list.length) later(list);
    });
  }
  theme(document.getElementById('theme'));
  drawer(document.querySelector('.to-contents'), document.getElementById('contents'));
  search(document.getElementById('q'), document.getElementById('hits'));
  tips();
  notes();
  lines();
  guide();
  if (document.getElementById('field')) field(document.getElementById('field'), document.getElementById('says'));
  arrive();
  addEventListener('hashchange', arrive);
  // Whoever looks from outside is told when all is done.
  later([scrollers, copies, figures, stops, function () { follow(document.getElementById('contents')); },
    function () { document.documentElement.dataset.ready = ''; }]);
  if (document.fonts) document.fonts.ready.then(scrollers);
  addEventListener('resize', scrollers);
  // What is folded away is printed too.
  addEventListener('beforeprint', function () { all('details').forEach(function (d) { d.open = true; }); });
})();
