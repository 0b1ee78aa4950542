/**
 * Executable files of Windows: from their headers to {@code pe.log}.
 *
 * <p>In: the first bytes of a file, in order, in whatever pieces they come. Out: one record for
 * each file whose file header was seen, when the file ends. Bytes stay the caller's; a header in
 * pieces is put together in memory of the flow that carries it. Microsoft, PE Format. The analysis
 * thread.
 */
@NullMarked
package io.podtap.sensor.parse.pe;

import org.jspecify.annotations.NullMarked;
