import { type Theme, themes } from '../look/tokens';
import { cell } from './cell';

/** Dark unless the address says light; not kept, as the room decides and not the person. */
const asked = new URLSearchParams(location.search).get('theme');
export const theme = cell<Theme>(asked !== null && asked in themes ? (asked as Theme) : 'dark');
