/**
 * A tap's start: opens what it needs from the kernel in the right order, and has the data path and
 * the cipher compiled before the first packet.
 *
 * <p>In: settings. Out: a {@link io.podtap.tap.Tap} that is ready to run. The hot thread.
 */
@NullMarked
package io.podtap.tap.start;

import org.jspecify.annotations.NullMarked;
