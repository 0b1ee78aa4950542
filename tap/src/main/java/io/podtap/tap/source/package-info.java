/**
 * Where a tap's frames come from: interfaces, a capture file, or a queue that another thread fills.
 *
 * <p>In: settings, and what keeps the tap's own packets out. Out: frames, in batches, and one
 * ledger for each interface. Frames are the source's, valid during the call. The hot thread.
 */
@NullMarked
package io.podtap.tap.source;

import org.jspecify.annotations.NullMarked;
