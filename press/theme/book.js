// SPDX-License-Identifier: MIT
//
// What the pages do beyond being read: light and dark, search, where a value
// came from, notes on small screens. The book reads without it. The search
// index is a plain script, so that it loads from file:// too.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  try {
    var kept = localStorage.getItem('theme');
    if (kept) root.dataset.theme = kept;
  } catch (e) { /* no storage: the system's choice */ }

  function dark() {
    return root.dataset.theme ? root.dataset.theme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function theme(button) {
    function show() { button.textContent = dark() ? 'Light' : 'Dark'; }
    button.addEventListener('click', function () {
      root.dataset.theme = dark() ? 'light' : 'dark';
      try { localStorage.setItem('theme', root.dataset.theme); } catch (e) { }
      show();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
    show();
  }

  // ---- Search: every word must begin a word of the section; titles first.
  var loading;
  function load(then) {
    if (window.PAGEWISE_INDEX) return then();
    if (loading) return;
    loading = document.createElement('script');
    loading.src = document.body.dataset.root + 'search-index.js';
    loading.onload = then;
    document.head.appendChild(loading);
  }
  function escape(text) {
    return text.replace(/[&<>"]/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
  }
  function pattern(word) {
    return new RegExp('(^|[^\\p{L}\\p{N}])(' + word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + ')', 'iu');
  }
  function find(query) {
    var words = query.trim().split(/\s+/).filter(Boolean).map(pattern);
    if (!words.length) return [];
    return window.PAGEWISE_INDEX.map(function (entry) {
      var score = 0;
      var all = words.every(function (word) {
        var title = word.test(entry.t), text = word.test(entry.x);
        score += title ? 10 : text ? 1 : 0;
        return title || text;
      });
      return { entry: entry, score: all ? score : 0, words: words };
    }).filter(function (hit) { return hit.score; })
      .sort(function (a, b) { return b.score - a.score; }).slice(0, 12);
  }
  function excerpt(hit) {
    var text = hit.entry.x, at = text.search(hit.words[0]);
    var from = Math.max(0, at - 50);
    var piece = (from ? '… ' : '') + escape(text.slice(from, from + 150)) + ' …';
    hit.words.forEach(function (word) {
      piece = piece.replace(new RegExp(word.source, 'giu'), '$1<mark>$2</mark>');
    });
    return piece;
  }
  function search(input, list) {
    function draw() {
      var hits = find(input.value);
      list.hidden = !input.value.trim();
      list.innerHTML = hits.length ? hits.map(function (hit) {
        return '<a href="' + document.body.dataset.root + hit.entry.u + '"><b>' + escape(hit.entry.t) + '</b><span>' + excerpt(hit) + '</span></a>';
      }).join('') : '<p role="status">Nothing found.</p>';
    }
    input.addEventListener('focus', function () { load(draw); });
    input.addEventListener('input', function () { load(draw); if (window.PAGEWISE_INDEX) draw(); });
    input.addEventListener('keydown', function (e) {
      var first = list.querySelector('a');
      if (e.key === 'Enter' && first) location.href = first.href;
      if (e.key === 'ArrowDown' && first) { e.preventDefault(); first.focus(); }
    });
    list.addEventListener('keydown', function (e) {
      var to = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[e.key];
      if (!to) return;
      e.preventDefault();
      (document.activeElement[to] || input).focus();
    });
    list.addEventListener('click', function () { list.hidden = true; });
    document.addEventListener('keydown', function (e) {
      if (e.key === '/' && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        e.preventDefault();
        input.focus();
      } else if (e.key === 'Escape') {
        list.hidden = true;
        if (document.activeElement === input) input.blur();
      }
    });
    document.addEventListener('click', function (e) {
      if (!e.target.closest('.search')) list.hidden = true;
    });
  }

  // ---- Where a value came from.
  function tips() {
    var tip = document.createElement('div');
    tip.id = 'tip';
    tip.setAttribute('role', 'tooltip');
    function hide() { tip.remove(); }
    function show(target) {
      tip.textContent = target.dataset.tip;
      document.body.appendChild(tip);
      var at = target.getBoundingClientRect(), wide = tip.offsetWidth;
      var left = Math.min(at.left, document.documentElement.clientWidth - wide - 12);
      tip.style.left = Math.max(12, left) + scrollX + 'px';
      tip.style.top = at.bottom + 6 + scrollY + 'px';
    }
    function over(e) {
      var target = e.target.closest && e.target.closest('[data-tip]');
      if (target) show(target); else hide();
    }
    document.addEventListener('pointerover', over);
    document.addEventListener('click', over);
    document.addEventListener('focusin', over);
    document.addEventListener('keydown', function (e) { if (e.key === 'Escape') hide(); });
  }

  // ---- Notes open in place on small screens; wide things scroll by keyboard.
  function notes() {
    document.addEventListener('click', function (e) {
      var ref = e.target.closest('.noteref');
      var note = ref && document.getElementById(ref.hash.slice(1));
      if (!note) return;
      e.preventDefault();
      note.classList.toggle('open');
    });
  }
  function scrollers() {
    document.querySelectorAll('pre.code, .wide, .plot, .mathbox').forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    });
  }

  document.addEventListener('DOMContentLoaded', function () {
    theme(document.getElementById('theme'));
    search(document.getElementById('q'), document.getElementById('hits'));
    tips();
    notes();
    scrollers();
  });
})();
