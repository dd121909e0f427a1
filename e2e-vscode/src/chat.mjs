// VS Code's chat panel as a person uses it: picks a model, types, reads the answer, presses Stop.
import { join } from 'node:path';
import { markedEnv } from './children.mjs';
import { until } from './gateway.mjs';

/** The places of VS Code 1.139's window; a newer one may move them. */
const places = {
  panel: '.part.auxiliarybar',
  input: '.part.auxiliarybar .chat-input-container .monaco-editor:visible',
  stop: '.part.auxiliarybar .interactive-input-part .codicon-stop-circle:visible',
  modelButton: '.part.auxiliarybar [aria-label^="Models,"]:visible',
  pickerRow: '.action-widget .monaco-list-row',
  newChat: '.part.auxiliarybar [aria-label^="New Chat"]:visible',
  answer: '.part.auxiliarybar .interactive-response.chat-most-recent-response:visible',
  loading: '.part.auxiliarybar .interactive-response.chat-response-loading:visible',
  approve: '.part.auxiliarybar .monaco-button:visible',
};

/** Resolves with the panel once VS Code's page is drawn. */
export async function openChat({ playwright, chromium, url, shots }) {
  const browser = await playwright.chromium.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    env: markedEnv(),
    // Ctrl+C is run.mjs's: it ends more than the browser.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(20_000);
  await page.goto(url, { waitUntil: 'domcontentloaded', timeout: 120_000 });
  await page.locator(places.input).waitFor({ timeout: 120_000 });
  return createChat(browser, page, shots);
}

function createChat(browser, page, shots) {
  let count = 0;
  const at = (place) => page.locator(places[place]);
  const model = async () =>
    ((await at('modelButton').last().getAttribute('aria-label')) ?? '').replace(/^Models, /, '');
  const row = (name) => at('pickerRow').filter({ hasText: name }).first();

  const chat = {
    /** The rows of "Manage Models…" as they were read. */
    rows: [],
    version: browser.version(),
    model,
    /** What the buttons under the input say: the mode and the model. */
    buttons: async () =>
      (await page.locator(`${places.panel} .chat-input-toolbars:visible`).last().innerText()).split('\n'),
    shot: (name) =>
      page.screenshot({
        path: join(shots, `${String((count += 1)).padStart(2, '0')}-${name.replaceAll(/\W+/g, '-')}.png`),
      }),

    /** A person who is not signed in opens "Manage Models…" once: until then VS Code keeps Copilot switched off. */
    async openManageModels() {
      await until(
        async () => {
          // Right after the start the list says "Sign in to use Copilot…" only.
          await page.keyboard.press('Escape');
          await at('modelButton').last().click();
          await row('Manage Models').click({ timeout: 2_000 });
          return true;
        },
        60_000,
        'the list of models does not offer "Manage Models…"',
      );
      const rows = page.locator('.models-table-container .monaco-table .monaco-list-row');
      await rows.first().waitFor({ timeout: 90_000 });
      const names = await rows.allInnerTexts();
      await chat.shot('manage-models');
      await page
        .locator('.modal-editor-part [aria-label^="Close"], .monaco-modal-editor-block [aria-label^="Close"]')
        .first()
        .click();
      chat.rows = names.map((text) => text.replaceAll(/\s*\n\s*/g, ' | '));
      return names.map((text) => text.split('\n')[0]);
    },

    async select(name) {
      const entry = page.locator(`${places.pickerRow}[aria-label^="${name},"]`).first();
      await until(
        async () => {
          if ((await model()) === name) return true;
          await page.keyboard.press('Escape');
          await at('modelButton').last().click({ timeout: 2_000 });
          await at('pickerRow').first().waitFor({ timeout: 2_000 });
          if ((await entry.count()) === 0) await row('Other Models').click({ timeout: 2_000 });
          await entry.click({ timeout: 2_000 });
          return false;
        },
        30_000,
        `the model "${name}" does not get selected`,
      );
    },

    async newChat() {
      await page.keyboard.press('Escape');
      await at('newChat').first().click();
      await until(async () => (await at('answer').count()) === 0, 10_000, 'no empty chat appears');
    },

    async send(text) {
      await at('input').last().click();
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
      await at('answer').waitFor({ timeout: 20_000 });
    },

    /** What the answer shows right now, on one line. */
    async text() {
      if ((await at('answer').count()) === 0) return '';
      const value = at('answer').locator('> .value, .value').first();
      // The frames of VS Code's own stack say nothing about us.
      return (await value.innerText())
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/ at (?:async )?[\w.]+ \([^)]*\)/g, '')
        .trim();
    },

    isRunning: async () => (await at('stop').count()) + (await at('loading').count()) > 0,

    /** The answer's text when the turn has ended; tool approvals are given on the way. */
    async finished(seconds = 60) {
      await until(
        async () => {
          await chat.approve();
          return !(await chat.isRunning()) && (await chat.text()) !== '';
        },
        seconds * 1_000,
        `the turn does not end in ${seconds} s; on the screen: ${await chat.text()}`,
      );
      return chat.text();
    },

    /** Presses "Allow …" where VS Code asks. */
    async approve() {
      const button = at('approve').filter({ hasText: /^Allow/ });
      if ((await button.count()) > 0)
        await button
          .first()
          .click({ timeout: 1_000 })
          .catch(() => undefined);
    },

    /** Presses Stop; resolves with the moments before and after the click. */
    async stop() {
      const button = at('stop').first();
      await button.waitFor({ timeout: 5_000 });
      const asked = Date.now();
      await button.click();
      return { asked, clicked: Date.now() };
    },

    close: () => browser.close(),
  };
  return chat;
}
