// SPDX-License-Identifier: MIT
//
// uses.js: what a reader does with the printed book beyond reading a page:
// each function drives a page in a browser and gives its faults.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

module.exports = (dir, names) => {
  const chapters = names.filter((n) => !n.includes('/'));
  const text = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
  const address = (name) => pathToFileURL(path.join(dir,
    name.split(/[?#]/)[0])).href + (name.match(/[?#].*$/) || [''])[0];

  async function at(browser, name, use, options = {}) {
    const context = await browser.newContext({
      viewport: { width: options.width || 1440, height: 900 },
      colorScheme: options.scheme || 'light',
      hasTouch: options.width === 390,
    });
    const page = await context.newPage();
    const faults = [];
    page.on('pageerror', (e) => faults.push(`${name}: ${e.message}`));
    const say = (ok, fault) => { if (!ok) faults.push(`${name}: ${fault}`); };
    try {
      await page.goto(address(name));
      await use(page, say);
    } catch (e) {
      faults.push(`${name}: ${e.message.split('\n')[0]}`);
    }
    await context.close();
    return faults;
  }

  // The page that has this id.
  const having = (id) => chapters.find((n) => text(n).includes(`id="${id}"`));
  const withA = (piece) => chapters.find((n) => text(n).includes(piece));

  const uses = {};

  uses['no page of a chapter is over 25,000 px high'] = async (browser) => {
    const faults = [];
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    for (const name of chapters.filter((n) => /class="book/.test(text(n))
        && !/^(names|colophon|claims|bibliography|read|notso|glossary|sources)\./
          .test(n))) {
      await page.goto(address(name));
      const high = await page.evaluate('document.body.scrollHeight');
      if (high > 25000) faults.push(`${name}: ${high} px`);
    }
    await context.close();
    return faults;
  };

  uses['an address of the undivided chapter leads on'] = (browser) => {
    const id = 'sec-slab-claims';
    return at(browser, `slab.html#${id}`, async (page, say) => {
      await page.waitForURL((url) => !/slab\.html$/.test(url.pathname),
        { timeout: 5000 });
      say(await page.locator(`#${id}`).isVisible(), 'the section is not there');
      say(page.url().endsWith(`${having(id)}#${id}`), `is at ${page.url()}`);
    });
  };

  uses['the contents have three levels and follow the scroll'] = (browser) =>
    at(browser, having('sec-slab-build'), async (page, say) => {
      say(await page.locator('#contents ol ol ol a').count() > 2,
        'no third level');
      const heading = page.locator('main :is(h2, h3)').nth(2);
      const id = await heading.getAttribute('id');
      await heading.evaluate((h) => scrollTo(0, h.getBoundingClientRect().top
        + scrollY - 60));
      await page.waitForFunction((want) => {
        const a = document.querySelector('#contents [aria-current="location"]');
        return a && a.hash === `#${want}`;
      }, id, { timeout: 4000 });
    });

  uses['on a phone the contents are a drawer'] = (browser) =>
    at(browser, having('sec-slab-build'), async (page, say) => {
      const side = page.locator('#contents');
      say(!await side.isVisible(), 'open from the start');
      await page.click('.to-contents');
      say(await side.isVisible(), 'does not open');
      say(await side.locator('ol ol ol a').first().isVisible(),
        'no third level');
      await page.keyboard.press('Escape');
      say(!await side.isVisible(), 'Escape does not close it');
    }, { width: 390 });

  // Ask, and give the first hit's kind and title.
  async function ask(page, query) {
    await page.fill('#q', query);
    await page.waitForSelector('#hits a', { timeout: 8000 });
    return page.evaluate(() => ({
      kind: document.querySelector('#hits a i').textContent,
      title: document.querySelector('#hits a b').textContent,
      count: document.querySelector('#hits .count').textContent,
      html: document.querySelector('#hits').innerHTML,
    }));
  }

  uses['search finds a name\'s definition first'] = (browser) =>
    at(browser, 'index.html', async (page, say) => {
      for (const name of ['pw_vfree', 'pw_cache_alloc', 'pw_malloc',
        'struct pw_cache']) {
        const hit = await ask(page, name);
        say(name.endsWith(hit.title), `${name}: first is ${hit.title}`);
        say(hit.kind === 'name', `${name}: first is a ${hit.kind}`);
        say(/^(One place|\d+ places)/.test(hit.count),
          `${name}: says "${hit.count}"`);
      }
      const target = await page.getAttribute('#hits a', 'href');
      await page.click('#hits a');
      await page.waitForURL((url) => url.hash.startsWith('#d-'));
      const on = await page.evaluate(() => {
        const e = document.getElementById(location.hash.slice(1));
        const box = e && e.getBoundingClientRect();
        return e && { text: e.textContent, seen: box.top >= 0
          && box.bottom <= innerHeight, code: !!e.closest('pre') };
      });
      say(on && on.seen && on.code, `${target} lands at ${JSON.stringify(on)}`);
    });

  uses['search finds terms, code, claims and figures'] = (browser) =>
    at(browser, 'index.html', async (page, say) => {
      say((await ask(page, 'magazine')).kind === 'term', 'no term magazine');
      for (const [query, kind] of [['return false pw', 'code'],
        ['instructions for a pair chart', 'figure'], ['kernel holds', 'claim']]) {
        await ask(page, query);
        await page.click('#hits .more').catch(() => 0);
        say(await page.locator(`#hits a.k-${kind}`).count() > 0,
          `"${query}" finds no ${kind}`);
      }
      const hit = await ask(page, 'page mark');
      say(!/>s</.test(hit.html.replace(/<\/mark>s/g, ''))
        && !/pagemark|<mark><mark/.test(hit.html), '"page mark" is garbled');
    });

  uses['a hit leads to its place and marks the words'] = (browser) =>
    at(browser, 'index.html', async (page, say) => {
      await ask(page, 'stream head');
      await page.click('#hits a.k-text');
      await page.waitForSelector('main mark', { timeout: 5000 });
      const seen = await page.evaluate(() => {
        const box = document.querySelector('main mark').getBoundingClientRect();
        return box.top >= 40 && box.bottom <= innerHeight;
      });
      say(seen, 'the marked words are out of sight');
    });

  uses['search has room on a phone'] = (browser) =>
    at(browser, 'index.html', async (page, say) => {
      await page.click('#q');
      await ask(page, 'buddy');
      const box = await page.locator('#hits').boundingBox();
      say(box.x >= 0 && box.x + box.width <= 390,
        `hits from ${box.x} to ${box.x + box.width}`);
    }, { width: 390 });

  uses['a name in a listing leads to its definition'] = (browser) =>
    at(browser, having('sec-slab-build'), async (page, say) => {
      const link = page.locator('pre a[href*="#d-pw_"]:visible').first();
      const href = await link.getAttribute('href');
      const name = await link.textContent();
      await link.click();
      await page.waitForFunction((h) => location.href.endsWith(h), href);
      const target = page.locator(`[id="${href.split('#')[1]}"]`);
      say(await target.textContent() === name, `${href} is no ${name}`);
      await target.click();
      await page.waitForURL(/names\.html/);
      const entry = page.locator(`[id="${new URL(page.url()).hash.slice(1)}"] + dd`);
      say(/used in/.test(await entry.textContent()), 'no uses listed');
    });

  uses['a kernel\'s name leads to where it is treated'] = (browser) => {
    const name = withA('class="theirs"');
    return at(browser, name, async (page, say) => {
      const link = page.locator('a.theirs').first();
      const said = await link.textContent();
      await link.click();
      await page.waitForLoadState();
      say((await page.textContent('main')).includes(said), `no ${said} there`);
    });
  };

  uses['a term tells what it means, a work where it is cited'] = async (browser) =>
    (await at(browser, withA('class="term"'), async (page, say) => {
      const term = page.locator('a.term').first();
      await term.hover();
      say((await page.textContent('#tip')).length > 20, 'no meaning');
      await term.click();
      await page.waitForURL(/glossary\.html#term-/);
    })).concat(await at(browser, 'bibliography.html', async (page, say) => {
      const back = page.locator('.cited a').first();
      await back.click();
      await page.waitForLoadState();
      say(!/bibliography/.test(page.url()), 'leads nowhere');
    }));

  uses['all claims stand in one list'] = (browser) =>
    at(browser, 'claims.html', async (page, say) => {
      const rows = await page.locator('table tbody tr').count();
      const all = chapters.map((n) => (text(n).match(/<div class="claim /g)
        || []).length).reduce((a, b) => a + b, 0);
      say(rows === all && rows > 40, `${rows} rows of ${all} claims`);
    });

  uses['a listing copies without its numbers'] = (browser) =>
    at(browser, having('sec-slab-build'), async (page, say) => {
      await page.waitForSelector('.copy', { state: 'attached' });
      const copied = await page.evaluate(async () => {
        let text;
        Object.defineProperty(navigator, 'clipboard', { value: {
          writeText: (t) => { text = t; return Promise.resolve(); } } });
        document.querySelector('.copy').click();
        return text;
      });
      const shown = await page.evaluate(() => document.querySelector(
        'pre.code code').textContent);
      say(copied === shown && copied.length > 20
        && !/^\s*\d+ /m.test(copied.slice(0, 40)), `copies "${copied}"`);
    });

  uses['lines that the text speaks of light up'] = (browser) =>
    at(browser, having('sec-slab-build'), async (page, say) => {
      await page.evaluate(() => {
        const a = document.createElement('a');
        const figure = document.querySelector('figure.listing');
        const first = Number(figure.querySelector('.l').dataset.n);
        a.className = 'lines';
        a.dataset.lines = `${first + 1}-${first + 3}`;
        a.href = `#${figure.id}`;
        a.textContent = 'lines';
        document.querySelector('main h1').after(a);
      });
      await page.focus('a.lines');
      say(await page.locator('.l.lit').count() === 3, 'not three lines');
      await page.locator('a.lines').blur();
      say(await page.locator('.l.lit').count() === 0, 'they stay lit');
    });

  uses['what is folded opens for who is led into it'] = (browser) => {
    const name = withA('<summary>Answer</summary>');
    return at(browser, name, async (page, say) => {
      await page.evaluate(() => {
        document.querySelector('details > :last-child').id = 'inside';
        location.hash = '#inside';
      });
      await page.waitForFunction(() => document.querySelector('details').open);
      say(true);
    });
  };

  uses['values are told by keyboard, with few stops'] = (browser) =>
    at(browser, having('sec-slab-measured'), async (page, say) => {
      await page.waitForSelector('main p [data-tip][tabindex="0"]');
      const stops = await page.evaluate(() => [...document.querySelectorAll(
        'main a, main button, main [tabindex], main summary')].filter((e) =>
        e.tabIndex >= 0).length);
      const values = await page.locator('main .value').count();
      const tips = await page.evaluate(() => [...document.querySelectorAll(
        'main p [data-tip]')].filter((e) => e.tabIndex === 0).length);
      say(values > 10 && tips < values / 2 && tips > 0,
        `${tips} stops for ${values} values, ${stops} in all`);
      await page.locator('main p [data-tip][tabindex="0"]').first().focus();
      const first = await page.textContent('#tip');
      await page.keyboard.press('ArrowRight');
      say(first && first !== await page.textContent('#tip'),
        'the arrow goes nowhere');
    });

  uses['a figure tells its values by hover, touch and keys'] = (browser) =>
    at(browser, having('fig-slab-hot'), async (page, say) => {
      const plot = page.locator('#fig-slab-hot .plot');
      await plot.scrollIntoViewIfNeeded();
      await plot.locator('.wide-one .dot').first().hover();
      say(/: \d/.test(await page.textContent('#tip')), 'nothing on hover');
      await page.keyboard.press('Escape');
      await plot.focus();
      await page.keyboard.press('ArrowRight');
      const first = await page.textContent('#tip');
      await page.keyboard.press('ArrowRight');
      say(/: \d/.test(first) && first !== await page.textContent('#tip'),
        `keys say "${first}"`);
      await page.click('#fig-slab-hot .enlarge');
      const box = await page.locator('dialog .plot svg').first().boundingBox();
      say(box && box.width > 800, 'does not grow');
      await page.keyboard.press('Escape');
      const back = page.locator('#fig-slab-hot .plot svg').first();
      say(await back.waitFor({ timeout: 3000 }).then(() => true, () => false),
        'does not come back');
    });

  uses['a figure can be taken as SVG, PDF and TSV'] = async () => {
    const faults = [];
    for (const name of chapters) {
      for (const m of text(name).matchAll(/href="(figures\/[^"]+)"/g)) {
        if (!fs.existsSync(path.join(dir, m[1]))) faults.push(`${name}: ${m[1]}`);
      }
      for (const kind of ['svg', 'pdf', 'tsv']) {
        if (name === having('fig-slab-hot')
            && !text(name).includes(`figures/slab-hot.${kind}"`)) {
          faults.push(`no ${kind} of slab-hot`);
        }
      }
    }
    return faults;
  };

  uses['names in charts are legible on a phone'] = async (browser) => {
    const faults = [];
    for (const name of chapters.filter((n) => text(n).includes('class="narrow"'))) {
      faults.push(...await at(browser, name, async (page, say) => {
        const small = await page.evaluate(() => [...document.querySelectorAll(
          '.plot svg.narrow')].flatMap((svg) => {
          const scale = svg.getBoundingClientRect().width
            / svg.viewBox.baseVal.width;
          return [...svg.querySelectorAll('[font-size]')].filter((g) =>
            g.textContent.trim()
              && Number(g.getAttribute('font-size')) * scale
                < (/^[\d.,−-]+$/.test(g.textContent.trim()) ? 8.4 : 10.4))
            .map((g) => g.textContent.trim());
        }));
        say(!small.length, `too small: ${small.slice(0, 3)}`);
        const out = await page.evaluate(() => [...document.querySelectorAll(
          '.plot svg.narrow text')].filter((t) => {
          const box = t.getBoundingClientRect();
          return box.right > innerWidth + 1 || box.left < -1;
        }).map((t) => t.textContent.trim()));
        say(!out.length, `off the screen: ${out.slice(0, 3)}`);
      }, { width: 390 }));
    }
    return faults;
  };

  uses['words in charts have contrast, light and dark'] = async (browser) => {
    const faults = [];
    for (const scheme of ['light', 'dark']) {
      for (const name of chapters.filter((n) => text(n).includes('class="dot"'))) {
        faults.push(...await at(browser, name, async (page, say) => {
          const pale = await page.evaluate(() => {
            const light = (c) => {
              const [r, g, b] = c.match(/[\d.]+/g).map((v) => {
                const s = v / 255;
                return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
              });
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const paper = light(getComputedStyle(document.body).backgroundColor);
            return [...document.querySelectorAll('.plot svg')].filter((svg) =>
              svg.querySelector('.dot')).flatMap((svg) =>
              [...svg.querySelectorAll('text')]).map((t) => {
              const ink = light(getComputedStyle(t).fill);
              const ratio = (Math.max(ink, paper) + 0.05)
                / (Math.min(ink, paper) + 0.05);
              return ratio < 4.5 ? `${t.textContent} ${ratio.toFixed(2)}` : '';
            }).filter(Boolean);
          });
          say(!pale.length, `${scheme}: ${pale.slice(0, 3)}`);
        }, { scheme }));
      }
    }
    return faults;
  };

  uses['the field of verdicts says each sentence'] = (browser) =>
    at(browser, 'index.html', async (page, say) => {
      await page.focus('#field');
      await page.keyboard.press('ArrowRight');
      const first = await page.textContent('#says');
      await page.keyboard.press('ArrowRight');
      const second = await page.textContent('#says');
      say(/^Kernel .*: .*(holds|hold|measured|put)/.test(first)
        && first !== second, `it says "${first}", "${second}"`);
      say(await page.locator('#field thead th').count() === 5
        && await page.locator('#field tbody tr:first-child td').count() === 42,
      'not 42 statements');
      await page.locator('#field td').nth(90).hover();
      say(/^Kernel/.test(await page.textContent('#says')), 'nothing on hover');
    });

  uses['print holds everything, in dark ink'] = async (browser) => {
    const faults = [];
    for (const piece of ['<summary>Answer</summary>', 'class="note"',
      'class="plot']) {
      faults.push(...await at(browser, withA(piece), async (page, say) => {
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        const seen = await page.evaluate(() => {
          const high = (s) => [...document.querySelectorAll(s)].every((e) =>
            e.getBoundingClientRect().height > 0);
          const paint = getComputedStyle(document.body);
          return { answers: high('details > *:not(summary)'),
            notes: high('.note'), plots: high('.plot .wide-one'),
            bar: !document.querySelector('.bar').offsetHeight,
            ink: paint.color, paper: paint.backgroundColor };
        });
        say(seen.answers, 'answers are missing');
        say(seen.notes, 'notes are missing');
        say(seen.plots, 'figures are missing');
        say(seen.bar, 'the bar is printed');
        say(/rgb\(28, 27, 25\)/.test(seen.ink), `printed in ${seen.ink}`);
      }));
    }
    return faults;
  };

  return uses;
};
