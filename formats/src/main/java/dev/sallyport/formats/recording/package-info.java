/**
 * Recordings of sessions: the sealed, chained format that docs/reference/recording-format.md specifies, its writer's and
 * reader's halves, exports, extraction of commands, and redaction. Nothing here opens files or keeps a clock.
 */
@NullMarked
package dev.sallyport.formats.recording;

import org.jspecify.annotations.NullMarked;
