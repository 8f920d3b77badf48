/** Which of the pages this is; one build serves them all and reads the path. */
export type Page = 'map' | 'dispatch' | 'wall';

function pageOf(path: string): Page {
  switch (path.replace(/\/+$/, '')) {
    case '/dispatch':
      return 'dispatch';
    case '/wall':
      return 'wall';
    default:
      return 'map';
  }
}

export const page: Page = pageOf(location.pathname);
