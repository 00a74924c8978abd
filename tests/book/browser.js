// SPDX-License-Identifier: MIT
//
// browser.js DIR: open every page of DIR from disk in Debian's Chromium, as
// a reader would, light and dark, wide and narrow; of the source pages, which
// are alike, one in eight after the first round. Then do what readers do
// (uses.js).
// Reports in TAP. A second argument leaves out the first part.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const dir = path.resolve(process.argv[2]);
let number = 0;
let failed = false;

function report(name, faults) {
  const ok = faults.length === 0;
  number += 1;
  failed = failed || !ok;
  console.log(`${ok ? 'ok' : 'not ok'} ${number} - ${name}`);
  faults.slice(0, 12).forEach((fault) => console.log(`# ${fault}`));
}

function pages(below) {
  return fs.readdirSync(path.join(dir, below), { withFileTypes: true })
    .flatMap((entry) => {
      const name = path.join(below, entry.name);
      if (entry.isDirectory()) return pages(name);
      return name.endsWith('.html') ? [name] : [];
    }).sort();
}

// A page opened in a context that notes requests and script errors.
async function open(context, name, notes) {
  const page = await context.newPage();
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) {
      notes.foreign.push(`${name}: ${request.url()}`);
    }
  });
  page.on('requestfailed', (request) => {
    notes.errors.push(`${name}: cannot load ${request.url()}`);
  });
  page.on('pageerror', (error) => notes.errors.push(`${name}: ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      notes.errors.push(`${name}: ${message.text()}`);
    }
  });
  await page.goto(pathToFileURL(path.join(dir, name)).href);
  return page;
}

// What the page's script does after the first view is done, too.
async function settled(page) {
  await page.waitForFunction(
    () => 'ready' in document.documentElement.dataset,
    null, { timeout: 20000 },
  );
}

async function axeFaults(page, name) {
  await settled(page);
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations'], preload: false,
  }));
  return result.violations.flatMap((v) => v.nodes.slice(0, 3).map((node) =>
    `${name}: ${v.id}: ${v.help}: ${node.html.slice(0, 120)}`));
}

async function tooWide(page, name) {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return null;
    const worst = [...document.body.querySelectorAll('*')]
      .filter((e) => e.getBoundingClientRect().right > room + 1)
      .map((e) => e.tagName.toLowerCase() + '.' + e.className);
    return `${document.documentElement.scrollWidth} > ${room}: `
      + worst.slice(0, 3).join(', ');
  });
  return wide ? [`${name}: scrolls sideways, ${wide}`] : [];
}

// Labels of figures that lie on one another or beyond the figure's edge, and
// those too pale for what they stand on, which axe leaves undecided.
async function labels(page, name) {
  return (await page.evaluate(() => {
    const out = [];
    const brush = document.createElement('canvas').getContext('2d',
      { willReadFrequently: true });
    const rgb = (colour, under) => {
      if (under) brush.putImageData(new ImageData(new Uint8ClampedArray(
        [...under, 255]), 1, 1), 0, 0);
      else brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (c) => {
      const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92
        : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a, b) => {
      const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
      return (x + 0.05) / (y + 0.05);
    };
    const paper = rgb(getComputedStyle(document.body).backgroundColor);
    for (const svg of document.querySelectorAll('.plot svg')) {
      if (!svg.getClientRects().length) continue;
      const id = (svg.closest('figure') || {}).id;
      const edge = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll('text')].filter((t) =>
        t.textContent.trim()).map((t) => ({ t, r: t.getBoundingClientRect(),
        s: t.textContent.trim() }));
      const shapes = [...svg.querySelectorAll('rect, polygon, path')]
        .filter((s) => !s.closest('defs')
          && getComputedStyle(s).fill !== 'none');
      texts.forEach(({ t, r, s }, i) => {
        if (r.left < edge.left - 2 || r.right > edge.right + 2
          || r.top < edge.top - 2 || r.bottom > edge.bottom + 2) {
          out.push(`${id}: '${s}' is cut`);
        }
        for (const other of texts.slice(i + 1)) {
          const x = Math.min(r.right, other.r.right)
            - Math.max(r.left, other.r.left);
          const y = Math.min(r.bottom, other.r.bottom)
            - Math.max(r.top, other.r.top);
          if (x > 1.5 && y > Math.min(r.height, other.r.height) * 0.3) {
            out.push(`${id}: '${s}' lies on '${other.s}'`);
          }
        }
        const x = (r.left + r.right) / 2;
        const y = (r.top + r.bottom) / 2;
        let ground = paper;
        for (const shape of shapes) {
          if (shape.compareDocumentPosition(t) & 4) {
            const p = new DOMPoint(x, y).matrixTransform(
              shape.getScreenCTM().inverse());
            const style = getComputedStyle(shape);
            if (shape.isPointInFill(p)) {
              brush.globalAlpha = style.fillOpacity;
              ground = rgb(style.fill, ground);
              brush.globalAlpha = 1;
            }
          }
        }
        const ink = rgb(getComputedStyle(t).fill, ground);
        if (ratio(ink, ground) < 4.5) {
          out.push(`${id}: '${s}' is ${ratio(ink, ground).toFixed(1)} : 1`);
        }
      });
    }
    return out;
  })).map((fault) => `${name}: ${fault}`);
}

async function looks(browser, names, scheme, width) {
  const notes = { foreign: [], errors: [] };
  const faults = { axe: [], wide: [], labels: [] };
  const context = await browser.newContext({
    viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true,
  });
  const left = [...names];
  const look = async () => {
    while (left.length) {
      const name = left.shift();
      const page = await open(context, name, notes);
      faults.axe.push(...await axeFaults(page, name));
      faults.wide.push(...await tooWide(page, name));
      faults.labels.push(...await labels(page, name));
      await page.close();
    }
  };
  await Promise.all([look(), look()]); // two at a time
  await context.close();
  const as = `${scheme}, ${width} px`;
  report(`no accessibility faults (${as})`, faults.axe);
  report(`nothing scrolls sideways (${as})`, faults.wide);
  report(`every word in a figure can be read (${as})`, faults.labels);
  report(`nothing is loaded from elsewhere (${as})`, notes.foreign);
  report(`no script errors (${as})`, notes.errors);
}

// Type a word, follow the first hit: the word must stand on that page.
async function search(browser, names) {
  const notes = { foreign: [], errors: [] };
  const faults = [];
  const context = await browser.newContext();
  const page = await open(context, names.includes('index.html')
    ? 'index.html' : names[0], notes);
  await page.keyboard.press('/');
  await page.keyboard.type('buddy');
  await page.waitForSelector('#hits a', { timeout: 5000 })
    .catch(() => faults.push('"buddy" finds nothing'));
  if (!faults.length) {
    const address = await page.getAttribute('#hits a', 'href');
    await page.click('#hits a');
    await page.waitForLoadState();
    const text = await page.evaluate(() => document.body.innerText);
    if (!/buddy/i.test(text)) faults.push(`${address} has no "buddy"`);
    const anchor = decodeURIComponent(new URL(page.url()).hash.slice(1));
    if (anchor && !await page.evaluate((id) =>
      !!document.getElementById(id), anchor)) {
      faults.push(`${address} leads to no anchor`);
    }
  }
  report('search works from disk', faults.concat(notes.errors));
  await page.keyboard.press('Escape');
  await page.fill('#q', 'xyzzyplugh');
  const none = await page.waitForSelector('#hits:not([hidden])', {
    timeout: 5000,
  }).then((e) => e.innerText()).catch(() => '');
  report('search says when it finds nothing',
    /nothing/i.test(none) ? [] : [`it says: "${none}"`]);
  await context.close();
}

// The switch changes the colours, and the choice is kept for other pages.
async function theme(browser, names) {
  const notes = { foreign: [], errors: [] };
  const context = await browser.newContext({ colorScheme: 'light' });
  const page = await open(context, names[0], notes);
  const colour = () => page.evaluate(() =>
    getComputedStyle(document.body).backgroundColor
      + getComputedStyle(document.documentElement).backgroundColor);
  const before = await colour();
  await page.click('#theme');
  const after = await colour();
  report('the dark switch changes the page', before !== after
    ? notes.errors : [`${before} before and after`]);
  await context.close();
}

async function withoutScripts(browser, names) {
  const notes = { foreign: [], errors: [] };
  const context = await browser.newContext({ javaScriptEnabled: false });
  const faults = [];
  for (const name of names.filter((n) => !n.includes('/'))) {
    const page = await open(context, name, notes);
    const length = (await page.locator('main').innerText()).length;
    if (length < 100) faults.push(`${name}: ${length} characters of text`);
    await page.close();
  }
  report('the book reads without scripts', faults);
  await context.close();
}

(async () => {
  const names = pages('');
  const only = process.argv[3];
  const some = names.filter((name, n) => !name.includes('/') || n % 8 === 0);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  for (const width of only ? [] : [1440, 390]) {
    for (const scheme of ['light', 'dark']) {
      const all = width === 1440 && scheme === 'light';
      await looks(browser, all ? names : some, scheme, width);
    }
  }
  await search(browser, names);
  const uses = { ...require('./uses.js')(dir, names),
    ...require('./questions.js')(dir) };
  for (const name of Object.keys(uses)) report(name, await uses[name](browser));
  await theme(browser, names);
  await withoutScripts(browser, names);
  await browser.close();
  process.exit(failed ? 1 : 0);
})().catch((error) => {
  console.log(`not ok ${number + 1} - the browser: ${error.message
    .split('\n')[0]}`);
  process.exit(1);
});
