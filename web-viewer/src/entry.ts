/** Which of the pages this is, before anything of them is fetched: a phone is not sent a map that it does not draw. */
const PAGES: Readonly<Record<string, () => Promise<unknown>>> = {
  '/unit': () => import('./unit-page'),
  '/plan': () => import('./plan-page'),
};
const usual = () => import('./main');

void (PAGES[location.pathname.replace(/\/+$/, '')] ?? usual)();

export {};
