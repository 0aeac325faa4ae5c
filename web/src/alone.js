// What pages outside the portal's frame need: times as the reader reads them.
import { showTimes } from './times.js';

showTimes(document);
