/** Which of the pages this is, before anything of them is fetched: a phone is not sent a map that it does not draw. */
const path = location.pathname.replace(/\/+$/, '');
if (path === '/unit') void import('./unit-page');
else void import('./main');

export {};
