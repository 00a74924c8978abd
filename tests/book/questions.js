// SPDX-License-Identifier: MIT
//
// questions.js: what people ask of the book, and the way to the answer: from
// the first page by links that are there and can be seen, at most three, or
// by the search. The answer's words must stand in the first screen of where
// one lands.
'use strict';
const path = require('path');
const { pathToFileURL } = require('url');

// links: what is clicked, by its words, page after page. A link's words are
// looked for as they are read. `says`: what must be in sight then.
const questions = [
  { asks: 'kmalloc or vmalloc for 64 KiB that may sleep',
    links: ['kmalloc or vmalloc, for 64 KiB, where one may sleep?'],
    says: [/64 KiB/, /kvmalloc/, /may sleep/] },
  { asks: 'was the essay right about three lists',
    links: ['Are there three lists in a slab cache?'],
    says: [/three lists/i, /does not hold/i, /6\.1/] },
  { asks: 'three lists, by the field of verdicts',
    field: 's2',
    says: [/three lists/i, /does not hold/i] },
  { asks: 'what GFP_ATOMIC costs and allows',
    links: ['What does GFP_ATOMIC cost, and what does it allow?'],
    says: [/GFP_ATOMIC/, /may wait/, /3\/8 of min/, /\d\d\d instructions/] },
  { asks: "malloc's speed and size beside glibc's",
    links: ['How fast and how large is your malloc, beside glibc’s?'],
    says: [/of glibc’s time/, /of its memory/, /\d\.\d+ ×/] },
  { asks: 'what was measured, on which kernels, and how to repeat it',
    links: ['What was measured, on which kernels, and how do I repeat it?'],
    says: [/5\.10/, /7\.3/, /make lab KERNELS=/, /make bench/] },
  { asks: 'where the code of pw_vfree is',
    links: ['Where is the code of pw_vfree'],
    says: [/int pw_vfree\(/] },
  { asks: 'the code of pw_vfree, by the search',
    search: 'pw_vfree',
    says: [/int pw_vfree\(/] },
  { asks: 'the page allocator as one file',
    links: ['Can I have the page allocator as one file?', 'pw_page.c'],
    says: [/int pw_zone_init\(|struct pw_zone/] },
  { asks: 'page allocation failure: order:4, what now',
    links: ['“page allocation failure: order:4”: what now?'],
    says: [/vm\.min_free_kbytes/, /kvmalloc in place of kmalloc/] },
  { asks: 'the same, by the search',
    search: 'page allocation failure',
    says: [/page allocation failure/] },
];

// The text of what is in sight, lines joined.
function inSight(page) {
  return page.evaluate(() => {
    const high = window.innerHeight;
    const walk = document.createTreeWalker(document.body,
      NodeFilter.SHOW_TEXT);
    const seen = [];
    const range = document.createRange();
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (!node.data.trim()) {
        seen.push(' ');
        continue;
      }
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.width && box.bottom > 0 && box.top < high) seen.push(node.data);
    }
    return seen.join('').replace(/\s+/g, ' ');
  });
}

async function settle(page) {
  await page.waitForLoadState();
  await page.waitForTimeout(300); // the script may scroll to the anchor
}

async function follow(page, words) {
  const link = page.getByRole('link', { name: words }).first();
  if (!await link.isVisible().catch(() => false)) {
    throw new Error(`no link '${words}'`);
  }
  const href = await link.getAttribute('href');
  if (/\.c$/.test(href)) { // a download: its text is the answer
    await page.goto(new URL(href, page.url()).href);
  } else {
    await link.click();
  }
  await settle(page);
}

async function answer(page, question) {
  if (question.field) {
    await page.getByLabel(`${question.field}: does not hold`).first().click();
    await settle(page);
  } else if (question.search) {
    await page.keyboard.press('/');
    await page.keyboard.type(question.search);
    await page.waitForSelector('#hits a', { timeout: 5000 });
    await page.click('#hits a');
    await settle(page);
  } else {
    for (const words of question.links) await follow(page, words);
  }
}

module.exports = (dir) => {
  const tests = {};
  for (const question of questions) {
    tests[`answered in three clicks: ${question.asks}`] = async (browser) => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
      });
      const page = await context.newPage();
      const faults = [];
      const clicks = (question.links || [1]).length + (question.search
        ? 1 : 0);
      if (clicks > 3) faults.push(`${clicks} clicks`);
      try {
        await page.goto(pathToFileURL(path.join(dir, 'index.html')).href);
        await answer(page, question);
        const text = question.links && /\.c$/.test(page.url())
          ? await page.evaluate(() => document.body.innerText)
          : await inSight(page);
        for (const words of question.says) {
          if (!words.test(text)) {
            faults.push(`${page.url().replace(/.*\//, '')} does not show `
              + `${words}`);
          }
        }
      } catch (e) {
        faults.push(e.message.split('\n')[0]);
      }
      await context.close();
      return faults;
    };
  }
  return tests;
};
