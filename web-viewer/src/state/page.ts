/** Which of the pages this is; one build serves them all and reads the path. */
export type Page = 'map' | 'dispatch';

export const page: Page = location.pathname.replace(/\/+$/, '') === '/dispatch' ? 'dispatch' : 'map';
