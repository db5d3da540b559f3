import { report } from './report.mjs';

await report(0, 0);
