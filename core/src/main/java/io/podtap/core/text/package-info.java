/**
 * Text of others on its way to people.
 *
 * <p>In: texts that a peer, a file or a server wrote. Out: one line of printable characters, of a
 * bounded length. Any thread.
 */
@NullMarked
package io.podtap.core.text;

import org.jspecify.annotations.NullMarked;
